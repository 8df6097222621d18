'use client'
// Mantine's anchors and buttons as Next.js links; server components cannot pass one component to the other.
import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core'
import Link, { type LinkProps } from 'next/link'
import type { ReactNode } from 'react'

type Rest = Pick<LinkProps, 'href' | 'scroll' | 'prefetch' | 'replace'> & {
  children: ReactNode
  'aria-label'?: string
  'aria-current'?: 'page' | 'true' | undefined
}

export const LinkAnchor = (props: AnchorProps & Rest) => <Anchor component={Link} prefetch={false} {...props} />

export const LinkButton = (props: ButtonProps & Rest) => <Button component={Link} prefetch={false} {...props} />
