import type { HandoffTarget } from '#contract/handoff';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import { planComposeFile } from './compose-file.ts';
import {
  applyContainerSecret,
  type ContainerSecret,
  planContainerSecret,
  removeContainerSecret,
} from './container-secret.ts';
import { planEnvChange } from './env-file.ts';
import type { AppliedChange, PlannedChange } from './key-change.ts';
import { planKeyFile } from './key-file.ts';
import { planKubernetesSecret } from './kubernetes-secret.ts';
import {
  applySystemdCredential,
  planSystemdCredential,
  removeSystemdCredential,
} from './systemd-credential.ts';
import { planYamlValue } from './yaml-value.ts';
import { planSystemdUnit } from './systemd-unit.ts';
import { fieldOf, isStored, storeOf, type StoredTarget } from './stores/store-of.ts';
import { applyStoredSecret, planStoredSecret } from './stores/stored-secret.ts';
import { changeTextFile, planTextFile, type TextPlan } from './text-file.ts';
import { isText, type TextTarget } from './text-target.ts';
import { applyVaultSecret, emptyVaultSecret, planVaultSecret, type VaultWrite } from './vault/secret.ts';

/** What has to be typed or allowed to reach a target. The caller keeps the token. */
export interface HandoffAccess {
  readonly token?: Secret | undefined;
  /** A secret that is not there yet may be made. */
  readonly mayCreate?: boolean | undefined;
}

/** What giving the target this key would change. Changes nothing. Throws what keeps the target from being read. */
export async function planHandoff(
  target: HandoffTarget,
  key: EncryptionKey,
  access: HandoffAccess = {},
): Promise<PlannedChange> {
  if (isText(target)) return planTextFile(target.path, textPlan(target), key);
  if (target.kind === 'vault') return planVaultSecret(target, key, vaultAccess(target, access));
  if (target.kind === 'systemd-credential') return planSystemdCredential(target, key);
  if (isStored(target)) return planStoredSecret(storeOf(target), fieldOf(target), key);
  return planContainerSecret(containerSecret(target), key);
}

/**
 * Gives the target the key and reads it back, as far as the target lets it be read (`seen`). With `expected` it must hold that key,
 * the new one, or nothing. The caller keeps `key`. Throws `key-wrong`, `verification-failed`, and what keeps the target from
 * being written; it then holds what it held.
 */
export async function applyHandoff(
  target: HandoffTarget,
  expected: string | undefined,
  key: EncryptionKey,
  access: HandoffAccess = {},
): Promise<AppliedChange> {
  if (isText(target)) return changeTextFile(target.path, textPlan(target), expected, key);
  if (target.kind === 'vault') return applyVaultSecret(target, expected, key, vaultAccess(target, access));
  if (target.kind === 'systemd-credential') return applySystemdCredential(target, expected, key);
  if (isStored(target)) return applyStoredSecret(storeOf(target), fieldOf(target), expected, key);
  return applyContainerSecret(containerSecret(target), key);
}

/**
 * Puts a target that holds `given` back to the key before; without one, to what it was before Keel wrote there: an empty value, no file,
 * no secret. Where keys have a place each, the place of `given` goes.
 */
export async function takeBackHandoff(
  target: HandoffTarget,
  { given, before }: { readonly given: string; readonly before?: EncryptionKey | undefined },
  access: HandoffAccess = {},
): Promise<void> {
  if (target.kind === 'docker-secret' || target.kind === 'podman-secret')
    await removeContainerSecret(containerSecret(target), given);
  else if (before) await applyHandoff(target, given, before, access);
  else if (isText(target)) await changeTextFile(target.path, textPlan(target), given, undefined);
  else if (target.kind === 'vault') await emptyVaultSecret(target, given, vaultAccess(target, access));
  else if (isStored(target)) await applyStoredSecret(storeOf(target), fieldOf(target), given, undefined);
  else await removeSystemdCredential(target, given);
}

/** Where the target is, for showing. */
export function describeTarget(target: HandoffTarget): string {
  if (target.kind === 'vault') return `${target.mount}/${target.path} at ${target.address}`;
  if (isStored(target)) return describeStored(target);
  if (target.kind === 'yaml-value') return `${target.path}, ${target.at.join('.')}`;
  if (target.kind === 'kubernetes-secret' && target.name !== undefined)
    return `${target.path}, Secret ${target.namespace === undefined ? '' : `${target.namespace}/`}${target.name}`;
  if (target.kind === 'compose-file' && target.service !== undefined)
    return `${target.path}, service ${target.service}`;
  return 'path' in target ? target.path : `${containerSecret(target).program} secret ${target.name}`;
}

function describeStored(target: StoredTarget): string {
  const field = fieldOf(target);
  return `${storeOf(target).where}${field === undefined ? '' : `, ${field}`}`;
}

/** How a file of text gets another key. */
export function textPlan(target: TextTarget): TextPlan {
  if (target.kind === 'key-file') return planKeyFile;
  if (target.kind === 'env-file') return planEnvChange(target.variable);
  if (target.kind === 'systemd-unit') return planSystemdUnit(target.variable);
  if (target.kind === 'yaml-value') return planYamlValue(target.at);
  if (target.kind === 'compose-file') return planComposeFile(target.variable, target.service);
  return planKubernetesSecret(target.variable, target);
}

function containerSecret({
  kind,
  name,
}: Extract<HandoffTarget, { kind: 'docker-secret' | 'podman-secret' }>): ContainerSecret {
  return { program: kind === 'docker-secret' ? 'docker' : 'podman', name };
}

function vaultAccess(
  { address, caFile, namespace }: Extract<HandoffTarget, { kind: 'vault' }>,
  { token, mayCreate = false }: HandoffAccess,
): VaultWrite {
  const more = { ...(caFile !== undefined && { caFile }), ...(namespace && { namespace }) };
  if (token) return { address, token, mayCreate, ...more };
  throw new KeelError(
    'password-missing',
    'the Vault token is not available; nothing was changed',
    'use a token whose policy allows read and update on the secret',
  );
}
