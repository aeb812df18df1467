#!/usr/bin/env node
import { runCommandLine } from '#commands/command-line';

await runCommandLine(process.argv);
// what was written is flushed first; a keychain that never answers must not keep the process
process.stdout.write('', () => process.stderr.write('', () => process.exit()));
