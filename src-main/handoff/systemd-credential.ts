import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import type { EncryptionKey } from '#crypto/encryption-key';
import { writeDurably } from '#storage/durable-file';
import { noteTemporaries, temporaryBeside } from '#storage/temporaries';
import { KeelError } from '#errors/keel-error';
import { type AppliedChange, assertExpected, assertWritten, type PlannedChange } from './key-change.ts';
import { fingerprintOfValue, textOfKey } from './key-text.ts';
import { type ProgramAnswer, refusalOf, runProgram } from './programs/outside-program.ts';

/** A file for `LoadCredentialEncrypted=`, sealed by systemd-creds to this machine. */
export interface SystemdCredential {
  readonly path: string;
  /** Of the credential; it is bound into the file. */
  readonly name: string;
}

const program = 'systemd-creds';

export async function planSystemdCredential(
  target: SystemdCredential,
  key: EncryptionKey,
): Promise<PlannedChange> {
  const vacant = !existsSync(target.path);
  const holds = vacant ? undefined : await fingerprintIn(target.path, target.name, key);
  const shown = (sign: string, fingerprint: string) =>
    `${sign}credential ${target.name}: [key ${fingerprint}]`;
  return {
    holds,
    vacant,
    diffMasked: [...(holds ? [shown('-', holds)] : []), shown('+', key.fingerprint)].join('\n'),
  };
}

/**
 * Seals the key into the file, which is replaced as a whole and opened again. The key goes to systemd-creds by its input.
 * Throws `key-wrong` where the file holds another key than expected, `file-unwritable`, `verification-failed`.
 */
export async function applySystemdCredential(
  target: SystemdCredential,
  expected: string | undefined,
  key: EncryptionKey,
): Promise<AppliedChange> {
  const { path, name } = target;
  const change = await planSystemdCredential(target, key);
  if (change.holds === key.fingerprint) return { where: path, ...change, changed: false };
  assertExpected(path, change, expected);
  const text = Buffer.from(textOfKey(key), 'latin1');
  // sealed beside its place, and looked at before it takes it
  const sealed = temporaryBeside(path);
  const forget = await noteTemporaries(path);
  try {
    const answer = await runProgram(program, ['encrypt', `--name=${name}`, '-', sealed], text);
    if (answer.status !== 0) throw refused(path, answer);
    assertWritten(path, await fingerprintIn(sealed, name, key), key);
    await writeDurably(path, await readFile(sealed));
  } finally {
    text.fill(0);
    await rm(sealed, { force: true });
    await forget();
  }
  assertWritten(path, await fingerprintIn(path, name, key), key);
  return { where: path, ...change, changed: true };
}

/** Removes a file that was not there before `given` was sealed into it. Throws `key-wrong` where it holds another key by now. */
export async function removeSystemdCredential(
  { path, name }: SystemdCredential,
  given: string,
): Promise<void> {
  if (!existsSync(path)) return;
  assertExpected(path, { holds: await fingerprintIn(path, name, undefined), vacant: false }, given);
  await rm(path);
}

async function fingerprintIn(
  path: string,
  name: string,
  key: EncryptionKey | undefined,
): Promise<string | undefined> {
  const answer = await runProgram(program, ['decrypt', `--name=${name}`, path, '-']);
  const value = answer.stdout.toString('latin1').trim();
  answer.stdout.fill(0);
  if (answer.status !== 0) throw refused(path, answer);
  return fingerprintOfValue(value, key);
}

function refused(path: string, answer: ProgramAnswer): KeelError {
  return new KeelError(
    'file-unwritable',
    `${path} was not changed: ${refusalOf(program, answer)}`,
    'run Keel as root on the machine that runs the application, and check the name of the credential',
  );
}
