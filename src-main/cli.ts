#!/usr/bin/env node
import { runCommandLine } from '#commands/command-line';

await runCommandLine(process.argv);
// a keychain that never answers must not keep the process
process.exit();
