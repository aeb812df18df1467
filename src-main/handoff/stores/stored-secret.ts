import type { EncryptionKey } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { type AppliedChange, assertExpected, assertWritten, type PlannedChange } from '#handoff/key-change';
import { fingerprintOfValue, maskOf, maskOfKey, textOfKey } from '#handoff/key-text';
import { counted } from '#shared/counted';
import { unclear } from '#handoff/unclear';
import { JsonText } from '#handoff/vault/json-text';
import type { SecretStore } from './secret-store.ts';

/** The key in a secret: the whole of it, or a field of the JSON that it is. */
interface Located {
  readonly held: string;
  /** The secret with another text there, everything else spelled as it is. */
  readonly with: (text: string) => string;
}

/** What giving the secret a key changes, or emptying it without one. Throws what reading it does. */
export async function planStoredSecret(
  store: SecretStore,
  field: string | undefined,
  key: EncryptionKey | undefined,
): Promise<PlannedChange> {
  return planned(store.where, field, locate(store.where, await textIn(store), field), key);
}

/**
 * Writes the secret with the key in its place, then reads it back as a whole. No program here writes only if nobody else did, so another hand's
 * write in between is told of and not prevented. Throws `key-wrong`, `file-unwritable`, `verification-failed`.
 */
export async function applyStoredSecret(
  store: SecretStore,
  field: string | undefined,
  expected: string | undefined,
  key: EncryptionKey | undefined,
): Promise<AppliedChange> {
  const { where } = store;
  const located = locate(where, await textIn(store), field);
  const change = planned(where, field, located, key);
  if (key ? change.holds === key.fingerprint : change.vacant) return { where, ...change, changed: false };
  assertExpected(where, change, expected);
  const text = located.with(textOfKey(key));
  await store.write(text);
  const after = await textIn(store);
  if (key) assertWritten(where, fingerprintOfValue(locate(where, after, field).held.trim(), key), key);
  if (!isSame(after, text)) {
    throw new KeelError(
      'verification-failed',
      `${where} was written, but the rest of the secret changed: another program may be editing it`,
      'stop that program, then compare the secret with its previous version',
    );
  }
  return { where, ...change, changed: true };
}

/** Programs differ in whether they give or keep a line end behind the text; JSON may come back in another order. */
function isSame(read: string, written: string): boolean {
  if (read.trimEnd() === written.trimEnd()) return true;
  const json = new JsonText(written);
  return json.isObject && json.equals(new JsonText(read));
}

function planned(
  where: string,
  field: string | undefined,
  { held }: Located,
  key: EncryptionKey | undefined,
): PlannedChange {
  const lead = `${where}${field === undefined ? '' : ` ${field}`}: `;
  const value = held.trim();
  return {
    holds: fingerprintOfValue(value, key),
    vacant: value === '',
    diffMasked: `-${lead}[${maskOf(value, key)}]\n+${lead}[${maskOfKey(key)}]`,
  };
}

async function textIn(store: SecretStore): Promise<string> {
  const text = await store.read();
  if (text !== undefined) return text;
  throw new KeelError(
    'file-unwritable',
    `there is no secret at ${store.where}; nothing was changed`,
    'check its name; a new secret has to be created with the provider’s own tool first',
  );
}

function locate(where: string, text: string, field: string | undefined): Located {
  const json = new JsonText(text);
  if (field === undefined) {
    if (!json.isObject) return { held: text, with: (next) => around(text, next) };
    throw unclear(
      where,
      `it is a JSON object with ${counted(json.fields().length, 'field')}`,
      'specify the field that contains the key',
    );
  }
  if (!json.isObject) throw unclear(where, 'it is not a JSON object', 'specify no field');
  const value = json.scalarAt(field);
  if (typeof value === 'string') {
    return {
      held: value,
      with: (next) => json.with(field, around(value, next)).text,
    };
  }
  const fields = json.fields();
  throw unclear(
    where,
    fields.includes(field)
      ? `its field ${field} is not text`
      : `it has no field ${field}; it has ${counted(fields.length, 'field')} of other names`,
    'specify the field that contains the key',
  );
}

/** Blanks and line ends around the key stay. */
function around(text: string, next: string): string {
  const held = text.trim();
  return held === '' ? next : text.replace(held, () => next);
}
