#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { runCommandLine } from '#commands/command-line';

// the heap's young generation stays as it is by now: batches that outlive a collection would make it grow to 48 MB for good, and what they
// hold outside the heap would be freed as late (decision 0055)
setFlagsFromString('--semi-space-growth-factor=1');

await runCommandLine(process.argv);
// a keychain that never answers must not keep the process
process.exit();
