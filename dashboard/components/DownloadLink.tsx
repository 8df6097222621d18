// A file of a trial. A plain link: the browser saves it, Next.js must not follow it.
import { Button } from '@mantine/core'
import type { ArtifactRow } from '@retort/schema/store/read/trials'
import { bytes } from '../view/format.ts'
import classes from './DownloadLink.module.css'

interface Props {
  sweep: string
  artifact: ArtifactRow
  label: string
  prominent?: boolean
  fullWidth?: boolean
}

export function DownloadLink({ sweep, artifact, label, prominent = false, fullWidth = false }: Props) {
  return (
    <Button
      component="a"
      href={`/sweeps/${sweep}/trials/${artifact.trial}/download/${artifact.kind}`}
      download
      fullWidth={fullWidth}
      justify="space-between"
      variant={prominent ? 'filled' : 'default'}
      rightSection={<span className={classes.size}>{bytes(artifact.bytes)}</span>}
    >
      {label}
    </Button>
  )
}
