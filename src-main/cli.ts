#!/usr/bin/env node
import { runCommandLine } from '#commands/command-line';

await runCommandLine(process.argv);
