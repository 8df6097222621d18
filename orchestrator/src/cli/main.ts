#!/usr/bin/env node
// The command line's first step: a Node that is too old is told so before anything is loaded that would end it.
import { newEnough } from './leastNode.ts'

// Not at the top: an old Node looks for what all files import before it runs any.
if (newEnough()) await import('./commands.ts')
