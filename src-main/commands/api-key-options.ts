import { rm } from 'node:fs/promises';
import { Option } from 'commander';
import type { Client } from 'pg';
import { type KeyRow, readKeyRows } from '#api-keys/key-rows';
import type { KeyTable } from '#api-keys/key-table';
import type { Secret } from '#crypto/secret';
import { writeDurably } from '#storage/durable-file';
import { KeelError } from '#errors/keel-error';
import type { Terminal } from './terminal.ts';

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
    out === undefined ? 'nothing says where the new key goes' : 'the new key goes to one place only',
    'give --out FILE for a new file, or --print for stdout',
  );
}

/** How a key is handed over once it is made. */
export interface HandOver {
  readonly write: (key: Secret) => Promise<void>;
  /** Gives the reserved place up, and throws the failure on. */
  readonly undo: (failure: unknown) => Promise<never>;
}

/** Reserves the file before anything is made: a key that cannot be handed over must not be in the table. */
export async function reserveOutput({ out }: KeyOutput): Promise<HandOver> {
  if (out !== undefined) await writeDurably(out, '', { mustBeNew: true });
  return {
    async write(key) {
      if (out === undefined) return;
      const line = Buffer.concat([key.bytes, Buffer.from('\n')]);
      try {
        await writeDurably(out, line);
      } catch (error) {
        throw lostKey(out, error);
      } finally {
        line.fill(0);
      }
    },
    async undo(failure) {
      if (out !== undefined) await rm(out, { force: true });
      throw failure;
    },
  };
}

function lostKey(out: string, cause: unknown): KeelError {
  return new KeelError(
    'file-unwritable',
    `the key was made, and could not be written to ${out}: its hash is in the table, and nobody has the key`,
    'replace or revoke that key',
    { cause },
  );
}

export const costOption = new Option(
  '--cost <n>',
  'bcrypt cost, 10 to 15: each step doubles the work of a check',
)
  .default(12, '12')
  .argParser((value) => {
    const cost = Number(value);
    if (Number.isInteger(cost) && cost >= 10 && cost <= 15) return cost;
    throw new KeelError('usage', `\`${value}\` is no cost from 10 to 15`, 'leave it out for 12');
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
  throw new KeelError('usage', `\`${text}\` is no time to come`, 'write 90d, 2027-06-30 or never');
}

export const setOption = new Option(
  '--set <column=value>',
  'a value for another column of the new row (repeatable)',
)
  .default({}, 'none')
  .argParser((value: string, before: Record<string, string>) => {
    const at = value.indexOf('=');
    if (at > 0) return { ...before, [value.slice(0, at)]: value.slice(at + 1) };
    throw new KeelError('usage', `\`${value}\` gives no column a value`, 'write --set COLUMN=VALUE');
  });

/** Which key is meant. */
export interface WhichKey {
  readonly id?: string;
  readonly name?: string;
}

export const idOption = new Option('--id <id>', 'the key’s id, as `keel api-key list` shows it');
export const nameOption = new Option('--name <name>', 'the key’s name, where no other has it');

/** The one row that is meant. Throws `usage` for none or several, `api-key-missing` for one that is not there. */
export async function findKey(
  client: Client,
  table: KeyTable,
  { id, name }: WhichKey,
): Promise<KeyRow & { id: string }> {
  if ((id === undefined) === (name === undefined)) {
    throw new KeelError(
      'usage',
      'nothing says which key is meant',
      'give --id ID or --name NAME, one of them',
    );
  }
  const rows = await readKeyRows(client, table, new Date());
  const found = rows.filter(({ key }) => (id === undefined ? key.name === name : key.id === id));
  const active = found.filter(({ key }) => key.active);
  const [row, ...others] = active.length > 0 ? active : found;
  if (row?.key.id !== undefined && others.length === 0) return { ...row, id: row.key.id };
  if (others.length > 0) {
    const ids = [row, ...others].map((one) => one?.key.id ?? '?').join(', ');
    throw new KeelError(
      'usage',
      `${others.length + 1} keys have that name; nothing was changed`,
      `name one by --id: ${ids}`,
    );
  }
  throw new KeelError(
    'api-key-missing',
    row
      ? 'the table has no primary key by which this row could be told from others; nothing was changed'
      : 'there is no such API key; nothing was changed',
    row ? 'give the table a primary key' : 'look at `keel api-key list`',
  );
}

/** Where the key is, or the key itself: the one time that it is shown. */
export function sayKey(key: Secret, { out }: KeyOutput, terminal: Terminal): void {
  if (out !== undefined) terminal.say(`The key is in ${out} (mode 600).`);
  else terminal.say(key.bytes.toString('ascii'));
  terminal.note('It is shown this once: the database has only its hash.');
}
