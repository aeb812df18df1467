import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { type AppliedChange, assertWritten, type PlannedChange } from './key-change.ts';
import { fingerprintOfValue, textOfKey } from './key-text.ts';
import { type ProgramAnswer, refusalOf, runProgram } from './programs/outside-program.ts';

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
export function secretName({ name }: Pick<ContainerSecret, 'name'>, fingerprint: string): string {
  return `${name}_${fingerprint.slice(0, 9).replace('-', '')}`;
}

/** Whether the secret of this key is there. Throws `file-unwritable` where the program cannot be asked. */
export async function planContainerSecret(
  target: ContainerSecret,
  key: EncryptionKey,
): Promise<PlannedChange> {
  const name = secretName(target, key.fingerprint);
  const { holds, seen } = await contentsOf(target.program, name, key);
  return {
    holds,
    vacant: true,
    seen,
    diffMasked: `+${target.program} secret ${name}: [key ${key.fingerprint}]`,
  };
}

/**
 * Creates the secret of this key, with its fingerprint as a label. Podman gives a secret back from 4.7 on; before, and with Docker,
 * the label is what can be compared, and `seen` says so. Throws `file-unwritable`, `verification-failed`.
 */
export async function applyContainerSecret(
  target: ContainerSecret,
  key: EncryptionKey,
): Promise<AppliedChange> {
  const where = secretName(target, key.fingerprint);
  const planned = await planContainerSecret(target, key);
  if (planned.holds === key.fingerprint) return { where, ...planned, changed: false };
  const text = Buffer.from(textOfKey(key), 'latin1');
  try {
    const args = ['secret', 'create', '--label', `${label}=${key.fingerprint}`, where, '-'];
    const answer = await runProgram(target.program, args, text);
    if (answer.status !== 0) throw refused(target, answer);
  } finally {
    text.fill(0);
  }
  const { holds, seen } = await contentsOf(target.program, where, key);
  assertWritten(where, holds, key);
  return { where, ...planned, seen, changed: true };
}

/** Removes the secret of a key again. One that is in use stays, and the program says so: throws `file-unwritable`. */
export async function removeContainerSecret(target: ContainerSecret, fingerprint: string): Promise<void> {
  const args = ['secret', 'rm', secretName(target, fingerprint)];
  const answer = await runProgram(target.program, args);
  if (answer.status !== 0) throw refused(target, answer);
}

/** Whose key a secret holds: the value where the program gives it back, else what its label says. */
async function contentsOf(
  program: ContainerSecret['program'],
  name: string,
  key: EncryptionKey,
): Promise<Required<Pick<PlannedChange, 'holds' | 'seen'>>> {
  const inspect = (format: string, ...more: string[]) =>
    runProgram(program, ['secret', 'inspect', ...more, '--format', format, name]);
  if (program === 'podman') {
    const shown = await inspect('{{.SecretData}}', '--showsecret');
    const value = shown.stdout.toString('latin1').trim();
    shown.stdout.fill(0);
    if (shown.status === 0) return { holds: fingerprintOfValue(value, key), seen: 'value' };
  }
  const answer = await inspect(`{{index .Spec.Labels "${label}"}}`);
  if (answer.status === 0) return { holds: answer.stdout.toString('utf8').trim(), seen: 'label' };
  if (answer.wrote(/no such secret|not found|no secret with/i)) return { holds: undefined, seen: 'label' };
  throw refused({ program }, answer);
}

function refused({ program }: Pick<ContainerSecret, 'program'>, answer: ProgramAnswer): KeelError {
  return new KeelError(
    'file-unwritable',
    `no secret was changed: ${refusalOf(program, answer)}`,
    program === 'docker'
      ? 'run Keel on a swarm manager, as a user with access to Docker'
      : 'run Keel as the user whose containers read the secret',
  );
}
