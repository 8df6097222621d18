#!/usr/bin/env node
// The command line's first step: a Node that is too old is told so before anything is loaded that would end it.
import './leastNode.ts'

// Not from the top: Node looks for what all files import from it before it runs any.
await import('./commands.ts')
