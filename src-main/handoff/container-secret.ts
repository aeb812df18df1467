import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { type AppliedChange, assertWritten, type PlannedChange } from './key-change.ts';
import { runProgram } from './outside-program.ts';

export interface ContainerSecret {
  readonly program: 'docker' | 'podman';
  /** Without the key's own part of the name. */
  readonly name: string;
}

const label = 'keel.fingerprint';

/**
 * The name of the secret that holds a key. A secret cannot be changed, so that each key gets one of its own, and the
 * former stays for an undo.
 */
export function secretName({ name }: ContainerSecret, fingerprint: string): string {
  return `${name}_${fingerprint.slice(0, 9).replace('-', '')}`;
}

/** Whether the secret of this key is there. Throws `file-unwritable` where the program cannot be asked. */
export async function planContainerSecret(
  target: ContainerSecret,
  key: EncryptionKey,
): Promise<PlannedChange> {
  const holds = await fingerprintOf(target, secretName(target, key.fingerprint));
  const name = secretName(target, key.fingerprint);
  return { holds, diffMasked: `+${target.program} secret ${name}: [key ${key.fingerprint}]` };
}

/**
 * Creates the secret of this key, with its fingerprint as a label. Neither program gives a secret back, so that the label and what
 * the program says are the proof. Throws `file-unwritable`, `verification-failed`.
 */
export async function applyContainerSecret(
  target: ContainerSecret,
  key: EncryptionKey,
): Promise<AppliedChange> {
  const where = secretName(target, key.fingerprint);
  const { holds, diffMasked } = await planContainerSecret(target, key);
  if (holds === key.fingerprint) return { where, diffMasked, changed: false };
  const text = Buffer.from(key.toBase64(), 'latin1');
  try {
    const args = ['secret', 'create', '--label', `${label}=${key.fingerprint}`, where, '-'];
    const { status, complaint } = await runProgram(target.program, args, text);
    if (status !== 0) throw refused(target, complaint);
  } finally {
    text.fill(0);
  }
  assertWritten(where, await fingerprintOf(target, where), key);
  return { where, diffMasked, changed: true };
}

/** Removes the secret of a key again. One that is in use stays, and the program says so: throws `file-unwritable`. */
export async function removeContainerSecret(target: ContainerSecret, fingerprint: string): Promise<void> {
  const args = ['secret', 'rm', secretName(target, fingerprint)];
  const { status, complaint } = await runProgram(target.program, args);
  if (status !== 0) throw refused(target, complaint);
}

async function fingerprintOf({ program }: ContainerSecret, name: string): Promise<string | undefined> {
  const format = `{{index .Spec.Labels "${label}"}}`;
  const { status, stdout, complaint } = await runProgram(program, [
    'secret',
    'inspect',
    '--format',
    format,
    name,
  ]);
  if (status === 0) return stdout.toString('utf8').trim();
  if (/no such secret|not found|no secret with/i.test(complaint)) return undefined;
  throw refused({ program, name }, complaint);
}

function refused({ program }: ContainerSecret, complaint: string): KeelError {
  return new KeelError(
    'file-unwritable',
    `${program} refused; no secret was changed: ${complaint || 'it gave no reason'}`,
    program === 'docker'
      ? 'run Keel on a manager of the swarm, as a user who may use Docker'
      : 'run Keel as the user whose containers read the secret',
  );
}
