import { Command, CommanderError } from 'commander';
import { KeelError } from '#errors/keel-error';
import { inTerminalWords } from './act-words.ts';
import { apiKeyCommand } from './api-keys/command.ts';
import { connectionsCommand } from './connections/command.ts';
import { credentialsCommand } from './credentials/command.ts';
import { backupCreateCommand } from './backup/create.ts';
import { backupDrillCommand } from './backup/drill.ts';
import { backupProveCommand } from './backup/prove.ts';
import { auditCommand } from './audit/command.ts';
import { backupRestoreCommand } from './backup/restore.ts';
import { demoCommand } from './practice/command.ts';
import { discoverCommand } from './proof/discover.ts';
import { envCommand } from './environments/command.ts';
import { exitCodeOf } from './exit-code.ts';
import { fleetCommand } from './fleet/command.ts';
import { handoffCommand } from './handoff/command.ts';
import { keyAdoptCommand } from './keys/adopt.ts';
import { keyDestroyCommand } from './keys/destroy.ts';
import { keyDumpsCommand } from './keys/dumps.ts';
import { keyGenerateCommand } from './keys/generate.ts';
import { keyInspectCommand } from './keys/inspect.ts';
import { keyListCommand } from './keys/list.ts';
import { leftoversCommand } from './keys/leftovers.ts';
import { postureCommand } from './posture/command.ts';
import { proveCommand } from './proof/prove.ts';
import { censusCommand } from './proof/census.ts';
import { recoverCommand } from './rotation/recover.ts';
import { rotateCommand } from './rotation/rotate.ts';
import { sweepCommand } from './rotation/sweep.ts';
import { processTerminal } from './terminal.ts';
import { undoCommand } from './rotation/undo.ts';

/** Runs `keel …`. Every failure ends as a sentence with a remedy, or as one JSON object, and leaves its exit code. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  try {
    await buildProgram().parseAsync([...argv]);
  } catch (error) {
    const failure = asKeelError(error);
    if (!failure) return;
    report(failure, argv.includes('--json'));
    process.exitCode = exitCodeOf[failure.code];
  }
}

function buildProgram(): Command {
  const key = new Command('key')
    .description('make a key or check one; list the keys of an environment, and give up old ones')
    .addCommand(keyGenerateCommand())
    .addCommand(keyAdoptCommand())
    .addCommand(keyInspectCommand())
    .addCommand(keyListCommand())
    .addCommand(keyDumpsCommand())
    .addCommand(keyDestroyCommand());
  const backup = new Command('backup')
    .description('make an artefact of a key, prove it, and bring the key back from it')
    .addCommand(backupCreateCommand())
    .addCommand(backupDrillCommand())
    .addCommand(backupProveCommand())
    .addCommand(backupRestoreCommand());
  const program = new Command('keel')
    .description('Keeps, backs up, proves and rotates the ENCRYPTION_KEY of a self-hosted Ballast.')
    .addCommand(demoCommand())
    .addCommand(key)
    .addCommand(envCommand())
    .addCommand(backup)
    .addCommand(auditCommand())
    .addCommand(leftoversCommand())
    .addCommand(discoverCommand())
    .addCommand(proveCommand())
    .addCommand(censusCommand())
    .addCommand(rotateCommand())
    .addCommand(recoverCommand())
    .addCommand(undoCommand())
    .addCommand(sweepCommand())
    .addCommand(handoffCommand())
    .addCommand(fleetCommand())
    .addCommand(connectionsCommand())
    .addCommand(credentialsCommand())
    .addCommand(apiKeyCommand())
    .addCommand(postureCommand())
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 usage, 3 checked and false, 4 a guard refused, 5 cancelled and rolled back.',
    );
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap(({ commands }) => commands),
  ]) {
    // commander must neither print its errors nor end the process: they are reported like all others
    command.exitOverride().configureOutput({ outputError: () => undefined });
  }
  return program;
}

/** Undefined where there is nothing to report: help was asked for and shown. */
function asKeelError(error: unknown): KeelError | undefined {
  if (error instanceof KeelError) return error;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return undefined;
    const message = error.message.replace(/^error: /, '').split('\n')[0] ?? '';
    const shownHelp = error.code === 'commander.help';
    return new KeelError(
      'usage',
      shownHelp ? 'no command was given' : message,
      'see `keel --help` or `keel COMMAND --help`',
    );
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return new KeelError('cancelled', 'cancelled; nothing was changed', 'start it again when you like', {
      cause: error,
    });
  }
  return new KeelError(
    'internal',
    `something in Keel went wrong (${inFewWords(error)})`,
    'run `keel recover` if a rotation was under way, and report this with the command that you ran',
    { cause: error },
  );
}

function report({ code, message, remedy }: KeelError, json: boolean): void {
  const terminal = processTerminal(json);
  if (json) terminal.result({ ok: false, error: { code, message, remedy } });
  else {
    terminal.note(`${terminal.paint('bad', 'keel:')} ${message} [${code}]`);
    terminal.note(`→ ${inTerminalWords(remedy)}`);
  }
}

/** A parser's message quotes what it read, which may be a secret: of those the name says enough. */
function inFewWords(error: unknown): string {
  if (!(error instanceof Error)) return 'no error was given';
  return error instanceof SyntaxError ? error.name : `${error.name}: ${error.message}`;
}
