// For addresses that lead nowhere.
import { LinkAnchor } from '../components/links.tsx'
import { Notice } from '../components/Notice.tsx'

export default function NotFound() {
  return (
    <Notice title="Nothing here">
      <p>This store has no such page: the sweep or trial may have another name, or be in another store.</p>
      <p>
        <LinkAnchor href="/">All sweeps</LinkAnchor>
      </p>
    </Notice>
  )
}
