import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { JsonText } from './json-text.ts';
import { type AppliedChange, assertExpected, assertWritten, type PlannedChange } from '#handoff/key-change';
import { fingerprintOfValue, maskOf, maskOfKey, textOfKey } from '#handoff/key-text';
import { counted } from '#shared/counted';
import { unclear } from '#handoff/unclear';
import { dataPath, readVaultSecret, type VaultState } from './engine.ts';
import { askVault, type VaultAccess } from './http.ts';
import { vaultPath, vaultRefusal, type VaultSecret } from './path.ts';

/** Access that may also make a secret, or a field in one, that is not there. */
export interface VaultWrite extends VaultAccess {
  readonly mayCreate: boolean;
}

/** What giving the field a key changes, or emptying it without one. Throws what reading it does. */
export async function planVaultSecret(
  target: VaultSecret,
  key: EncryptionKey | undefined,
  access: VaultWrite,
): Promise<PlannedChange> {
  return planned(target, await read(target, access), key);
}

/**
 * Writes the secret with the key in its field and every other field spelled as it is. Version 2 by check-and-set: if another hand
 * wrote meanwhile, nothing changes; version 1 has no such guard. Then reads it back, every field. Throws `key-wrong`,
 * `file-unwritable`, `verification-failed`, and what `askVault` throws.
 */
export async function applyVaultSecret(
  target: VaultSecret,
  expected: string | undefined,
  key: EncryptionKey,
  access: VaultWrite,
): Promise<AppliedChange> {
  const before = await read(target, access);
  const change = planned(target, before, key);
  const where = `${target.mount}/${target.path}`;
  if (change.holds === key.fingerprint) return { where, ...change, changed: false };
  assertExpected(where, change, expected);
  await write(
    target,
    before,
    (before.fields ?? new JsonText('{}')).with(target.field, textOfKey(key)),
    access,
  );
  const after = await read(target, access);
  assertWritten(where, planned(target, after, key).holds, key);
  assertOthersKept(target, before, after);
  return { where, ...change, changed: true };
}

/**
 * Takes the key out of a field that was empty, or of a secret that was not there, before `given` was written. Throws `key-wrong`
 * where another key is there by now.
 */
export async function emptyVaultSecret(
  target: VaultSecret,
  given: string,
  access: VaultAccess,
): Promise<void> {
  const before = await readVaultSecret(target, access);
  const change = planned(target, before, undefined);
  if (change.holds === undefined) return;
  assertExpected(`${target.mount}/${target.path}`, change, given);
  const rest = (before.fields ?? new JsonText('{}')).with(target.field, undefined);
  if (rest.fields().length > 0) await write(target, before, rest, access);
  else await remove(target, before, access);
}

async function write(
  target: VaultSecret,
  { engine, version }: VaultState,
  fields: JsonText,
  access: VaultAccess,
): Promise<void> {
  const body = engine === 2 ? `{"options":{"cas":${version}},"data":${fields.text}}` : fields.text;
  const { status } = await askVault(access, 'POST', dataPath(target, engine), body);
  if (status === 400) {
    throw new KeelError(
      'file-unwritable',
      `${target.mount}/${target.path} was changed by someone else in the meantime, or does not accept this value; it was not written`,
      'check it again, then repeat the hand-off',
    );
  }
  if (status >= 300) throw vaultRefusal(target, status);
}

/** A secret that Keel made goes with its history; of one that was there before only the last version goes. */
async function remove(
  target: VaultSecret,
  { engine, version }: VaultState,
  access: VaultAccess,
): Promise<void> {
  const whole = `${vaultPath(target.mount)}/metadata/${vaultPath(target.path)}`;
  const path = engine === 2 && version === 1 ? whole : dataPath(target, engine);
  const { status } = await askVault(access, 'DELETE', path);
  if (status >= 300) throw vaultRefusal(target, status);
}

function planned(
  { field, mount, path }: VaultSecret,
  { fields }: VaultState,
  key: EncryptionKey | undefined,
): PlannedChange {
  const held = textIn(fields, field).trim();
  const lead = `${mount}/${path} ${field}: `;
  return {
    holds: fingerprintOfValue(held, key),
    vacant: held === '',
    diffMasked: `-${lead}[${maskOf(held, key)}]\n+${lead}[${maskOfKey(key)}]`,
  };
}

/** What a field holds; nothing where there is none, or something else than text. */
function textIn(fields: JsonText | undefined, field: string): string {
  const value = fields?.scalarAt(field);
  return typeof value === 'string' ? value : '';
}

async function read(target: VaultSecret, access: VaultWrite): Promise<VaultState> {
  const state = await readVaultSecret(target, access);
  if (state.fields) assertFits(target, state.fields, access);
  if (state.fields || access.mayCreate) return state;
  throw new KeelError(
    'file-unwritable',
    `there is no secret at ${target.mount}/${target.path}; nothing was changed`,
    text`check the mount and the path. If the secret is new, create it first with \`vault kv put\`${{ do: 'or-create-secret' }}`,
  );
}

/** A field of another name, or of another type, is somebody else’s: the application would go on reading the old key. */
function assertFits({ mount, path, field }: VaultSecret, fields: JsonText, { mayCreate }: VaultWrite): void {
  const where = `${mount}/${path}`;
  const value = fields.at(field);
  if (value === undefined) {
    if (mayCreate) return;
    throw unclear(
      where,
      `it has no field ${field}; it has ${counted(fields.fields().length, 'field')} of other names`,
      text`check the name of the field. If it is new, add it first with an empty value${{ do: 'or-create-secret' }}`,
    );
  }
  if (typeof fields.scalarAt(field) === 'string') return;
  throw unclear(where, `its field ${field} is not text`, 'specify the field that contains the key');
}

function assertOthersKept({ mount, path, field }: VaultSecret, before: VaultState, after: VaultState): void {
  const without = ({ fields }: VaultState) => (fields ?? new JsonText('{}')).with(field, undefined);
  if (without(before).equals(without(after))) return;
  throw new KeelError(
    'verification-failed',
    `${mount}/${path} has the key, but its other fields differ from before: another program changes it`,
    'stop that program, then compare the secret with its previous version',
  );
}
