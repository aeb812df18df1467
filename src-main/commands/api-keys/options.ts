import { rm } from 'node:fs/promises';
import { Option } from '@commander-js/extra-typings';
import type { Keep, MadeKey } from '#api-keys/change-keys';
import { discloseApiKey } from '#api-keys/use-cases/disclose';
import { unsettledKey } from '#api-keys/unsettled-key';
import type { WhichKey } from '#api-keys/which-key';
import { writeDurably } from '#storage/durable-file';
import { noteTemporaries } from '#storage/temporaries';
import { KeelError } from '#errors/keel-error';
import type { Workspace } from '#workspace/workspace';
import type { CommandContext } from '#commands/command-context';
import { agreedContext } from '#commands/command-workspace';
import { inTerminalWords } from '#commands/act-text';
import { type ExitCode, exitCodeOf } from '#commands/exit-code';
import type { Terminal } from '#commands/terminal';

/** Where a new key goes: it is shown once, and only where somebody asked for it. */
export interface KeyOutput {
  readonly out?: string;
  readonly print?: boolean;
}

export const outOption = new Option('--out <file>', 'write the key to a new file (mode 600)');
export const printOption = new Option('--print', 'print the key on stdout, once');

/** Throws `usage` unless the key goes to exactly one place: it could not be had again. */
export function requireOutput({ out, print }: KeyOutput): void {
  if ((out !== undefined) !== (print === true)) return;
  throw new KeelError(
    'usage',
    out === undefined
      ? 'no destination was given for the new key'
      : 'the new key can go to only one destination',
    'pass --out FILE for a new file, or --print for stdout',
  );
}

/** How a new key is handed over. */
export interface HandOver {
  /** Reserves the file: a key that cannot be handed over must not be in the table. */
  readonly prepare: () => Promise<void>;
  /** Writes the key into the file, or prints it, before its row is committed: nobody could have it afterwards if the process died. */
  readonly keep: Keep;
  /** Gives the reserved place up, says that a printed key is none, and throws the failure on. */
  readonly undo: (failure: unknown) => Promise<never>;
  /** The file stays. */
  readonly settle: () => Promise<void>;
}

/**
 * Into the file of the options, or to stdout, which the activity log hears of first. With `--json` the one object follows the COMMIT:
 * it says what came of it.
 */
export function handOverTo({ out }: KeyOutput, workspace: Workspace, context: CommandContext): HandOver {
  const { terminal } = context;
  let isReserved = false;
  let isPrinted = false;
  let forget = async () => {};
  return {
    async prepare() {
      if (out !== undefined) {
        await writeDurably(out, '', { mustBeNew: true });
        forget = await noteTemporaries(out, 'reserved');
      }
      isReserved = true;
    },
    async keep(key, { key: { label } }) {
      if (out === undefined) {
        await discloseApiKey(workspace, { label, to: 'terminal' }, agreedContext(context));
        if (terminal.json) return;
        await terminal.handed(key.bytes.toString('ascii'));
        isPrinted = true;
        return;
      }
      const line = Buffer.concat([key.bytes, Buffer.from('\n')]);
      try {
        await writeDurably(out, line);
      } finally {
        line.fill(0);
      }
    },
    async undo(failure) {
      if (out !== undefined && isReserved) await rm(out, { force: true });
      await forget();
      if (isPrinted) terminal.note(terminal.paint('warning', notStored));
      throw failure;
    },
    settle: () => forget(),
  };
}

const notStored = 'The key that was printed does not work: it was not stored in the database.';

export const costOption = new Option(
  '--cost <n>',
  'bcrypt cost, 10 to 15; each step doubles the work of verifying a key',
)
  .default(12, '12')
  .argParser((value) => {
    const cost = Number(value);
    if (Number.isInteger(cost) && cost >= 10 && cost <= 15) return cost;
    throw new KeelError('usage', `\`${value}\` is not a cost from 10 to 15`, 'omit it for the default, 12');
  });

export const expiresOption = new Option(
  '--expires <when>',
  'days from now (90d), a date (2027-06-30), or never',
).default('90d', '90d');

/** As ISO 8601, undefined for never. Throws `usage` for what is no time, or past. */
export function expiryOf(text: string, now: Date): string | undefined {
  if (text === 'never') return undefined;
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  const date = /^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(text) ? new Date(text) : undefined;
  const at = days === undefined ? date : new Date(now.getTime() + Number(days) * 86_400_000);
  if (at && !Number.isNaN(at.getTime()) && at > now) return at.toISOString();
  throw new KeelError('usage', `\`${text}\` is not a time in the future`, 'use 90d, 2027-06-30 or never');
}

export const setOption = new Option(
  '--set <column=value>',
  'a value for another column of the new row (repeatable)',
)
  .default({}, 'none')
  .argParser((value: string, before: Record<string, string>) => {
    const at = value.indexOf('=');
    if (at > 0) return { ...before, [value.slice(0, at)]: value.slice(at + 1) };
    throw new KeelError('usage', `\`${value}\` does not set a column`, 'use --set COLUMN=VALUE');
  });

/** Which key is meant. */
export interface WhichOptions {
  readonly id?: string;
  readonly name?: string;
}

export const idOption = new Option('--id <id>', 'the key’s id, as `keel api-key list` shows it');
export const nameOption = new Option('--name <name>', 'the key’s name, if it is unique');

/** The key that the options mean. Throws `usage` unless they give one of both. */
export function whichOf({ id, name }: WhichOptions): WhichKey {
  if (id !== undefined && name === undefined) return { id };
  if (name !== undefined && id === undefined) return { name };
  throw new KeelError('usage', 'exactly one of --id and --name is needed', 'pass --id ID or --name NAME');
}

/**
 * Says where the key is, or the key itself: the one time that it is shown. `done` is what was done, where that is known. Answers the exit
 * code.
 */
export function tellKey(
  made: MadeKey,
  options: KeyOutput,
  terminal: Terminal,
  done: { readonly said?: string; readonly json?: object } = {},
): ExitCode {
  const { out } = options;
  const unsettled = unsettledKey(made);
  if (done.said !== undefined && !unsettled) terminal.say(done.said);
  if (out !== undefined) terminal.say(`Key written to ${out} (mode 600).`);
  const key = madeKeyJson(made, options);
  if (!unsettled) {
    terminal.note('It is shown only once: the database stores only its hash.');
    terminal.result({ ok: true, key, ...done.json });
    return 0;
  }
  const { code, message, remedy } = unsettled;
  terminal.note(`${terminal.paint('bad', 'keel:')} ${message} [${code}]`);
  terminal.note(`→ ${inTerminalWords(remedy)}`);
  terminal.result({ ok: false, key, error: { code, message, remedy } });
  return exitCodeOf[code];
}

/** A new key in the form that `--json` promises. */
function madeKeyJson({ key, row }: MadeKey, { out, print }: KeyOutput): object {
  const { findings: _, ...known } = row.key;
  return { ...known, ...(print ? { text: key.bytes.toString('ascii') } : { file: out }) };
}
