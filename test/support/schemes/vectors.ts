import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixture, lacking, python, runOther } from '../processes/other-programs.ts';

/** A ciphertext that an application's own code or library made under a throw-away key. */
export interface Vector {
  readonly application: string;
  readonly scheme: string;
  readonly kind: string;
  readonly key: string;
  readonly plaintext: string;
  /** By column, where there are several; `\x…` is bytea. */
  readonly ciphertext: string | Readonly<Record<string, string | null>>;
  /** The type of its column, where the text is that of a document and no application stores it as one. */
  readonly type?: string;
}

/** All vectors, application by application: one file each under `test/fixtures/schemes`. */
export function allVectors(): Vector[] {
  const folder = fixture('schemes');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const { application, vectors } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      return (vectors as Omit<Vector, 'application'>[]).map((one) => ({ ...one, application }));
    });
}

/** The bytes of a cell, from its text as psql prints it. */
export function cellOf(text: string): Buffer {
  return text.startsWith('\\x') ? Buffer.from(text.slice(2), 'hex') : Buffer.from(text, 'utf8');
}

/** The same the other way round: bytes that are no text stand as bytea. */
export function writtenAs(cell: Buffer, like: string): string {
  return like.startsWith('\\x') ? `\\x${cell.toString('hex')}` : cell.toString('utf8');
}

/** Values that applications store as they are, since they are empty. */
export function holdsNothing({ ciphertext }: Vector): boolean {
  const texts = typeof ciphertext === 'string' ? [ciphertext] : Object.values(ciphertext);
  return texts.some((text) => text === '' || text === null);
}

const script = (name: string) => join(import.meta.dirname, name);
/** Applications whose ciphers only libsodium has. */
const sodium = ({ application, scheme }: Pick<Vector, 'application' | 'scheme'>) =>
  application === 'documenso' || scheme.startsWith('xsalsa');

/** Which of the readers of others cannot be run here, as the words that a skipped test is named with. */
export const otherReadersLacking = lacking({
  'python3-cryptography and python3-argon2': [python, '-c', 'import cryptography, argon2'],
  'PHP with sodium': ['php', '-r', 'exit(function_exists("sodium_crypto_secretbox_open") ? 0 : 1);'],
});

/** What programs without any code of Keel's decrypt values to, in hexadecimal; null for those that they refuse. */
export function readByOthers(values: readonly Omit<Vector, 'plaintext' | 'kind'>[]): (string | null)[] {
  const answers = new Map<unknown, string | null>();
  const ask = (chosen: typeof values, command: string, args: readonly string[]) => {
    if (chosen.length === 0) return;
    const input = chosen.map((value) => `${JSON.stringify(value)}\n`).join('');
    const lines = runOther(command, args, { input }).trim().split('\n');
    for (const [i, value] of chosen.entries()) answers.set(value, JSON.parse(lines[i] as string));
  };
  ask(
    values.filter((value) => !sodium(value)),
    python,
    [script('read-values.py')],
  );
  ask(
    values.filter((value) => sodium(value)),
    'php',
    [script('read-values.php')],
  );
  return values.map((value) => answers.get(value) ?? null);
}
