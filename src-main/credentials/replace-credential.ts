import type { Client } from 'pg';
import type { Inventory } from '#contract/inventory';
import { assertFitForEncryption, type EncryptionKey } from '#crypto/encryption-key';
import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';
import { sealCiphertexts } from '#forms/cipher';
import type { Ciphertext } from '#forms/ciphertext';
import type { Edit } from '#forms/leaf';
import { inEitherAlphabet } from '#forms/either-alphabet';
import type { Layout } from '#forms/layout';
import { holdsAlphabetSign } from '#forms/spelling';
import { outerBytes } from '#forms/plaintext';
import { renewIv } from '#forms/renew-iv';
import { findValues, isSameValue, replaceValues, type RowValue } from '#forms/row-values';
import type { Field } from '#postgres/copy-binary';
import { fromDriverError } from '#postgres/connection-errors';
import { quoteName } from '#postgres/identifiers';
import { assertOwnCode } from '#postgres/ownership/table-ownership';
import type { KeelClient } from '#postgres/session/keel-client';
import { beginSettled, commitSettled } from '#postgres/session/settled-commit';
import { readExpression, type TableTarget, type TargetColumn } from '#postgres/table-target';
import { describeKey } from './credential-table.ts';
import { type CredentialAddress, type OpenCredential, openCredential, secretOf } from './one-credential.ts';
import type { CredentialIdentity } from './read-credentials.ts';
import { replaced } from './secret-form.ts';

export interface Replacing {
  /** What was looked at: `OpenCredential.version`. */
  readonly version: string;
  readonly value: string;
  /** Of a JSON object: the field, by its place. */
  readonly field?: number | undefined;
}

const lockTimeoutMs = 5_000;

/**
 * Puts another secret in a credential's place, encrypted under the same key and written in the same form. One transaction: the row
 * is written only if its ciphertext is the one that was looked at, then read back, opened and compared. Triggers fire, as they do
 * when Ballast writes. Answers what was replaced. Throws `value-changed` or `value-unopened`; whatever is thrown, nothing was changed,
 * but for `commit-unsettled`: the answer to COMMIT was lost, and the row does not tell.
 */
export async function replaceCredential(
  client: KeelClient,
  key: EncryptionKey,
  inventory: Inventory,
  address: CredentialAddress,
  replacing: Replacing,
): Promise<CredentialIdentity> {
  assertFitForEncryption(key);
  try {
    const writing = await beginSettled(client, lockTimeoutMs);
    using current = await openCredential(client, key, inventory, address, { forUpdate: true });
    if (current.version !== replacing.version) throw changed();
    const { label, catalog } = current.table.target;
    assertOwnCode(label, catalog.ownership, [address.column]);
    const written = await writeCompared(client, key, inventory, address, current, replacing);
    const versionAt = async (other: Client, at: CredentialAddress) => {
      const there = await openCredential(other, key, inventory, at).catch(gone);
      using _ = there;
      return there?.version;
    };
    const outcome = await commitSettled(client, writing, async (other) => {
      if ((await versionAt(other, written.address)) === written.version) return true;
      // whatever else is there was written by somebody since
      return (await versionAt(other, address)) === replacing.version ? false : undefined;
    });
    if (outcome === 'committed') return current.identity;
    throw outcome === 'rolled-back' ? notCommitted(current) : notSettled(current);
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw fromDriverError(error, 'replacing the credential');
  }
}

/** Writes the new secret, reads it back, opens it and compares it. Answers where it is, and the version that it is there. */
async function writeCompared(
  client: Client,
  key: EncryptionKey,
  inventory: Inventory,
  address: CredentialAddress,
  current: OpenCredential,
  { value, field }: Replacing,
): Promise<{ address: CredentialAddress; version: string }> {
  const secret = replaced(secretOf(current), value, field);
  try {
    const written = { ...address, key: await writeValue(client, key, current, secret) };
    using again = await openCredential(client, key, inventory, written);
    if (!again.opened.secret || Buffer.compare(again.opened.secret, secret) !== 0) throw notWritten(current);
    return { address: written, version: again.version };
  } finally {
    secret.fill(0);
  }
}

/** A credential that is not there any more has no version. */
function gone(error: unknown): undefined {
  expectedFailure(error, 'value-changed');
}

/** Answers the row's key, which is another one where rows are known by their place. */
async function writeValue(
  client: Client,
  key: EncryptionKey,
  { table: { target }, opened, identity }: OpenCredential,
  secret: Buffer,
): Promise<Record<string, string>> {
  const { targetForm, row } = opened;
  const column = target.columns[opened.value.column] as TargetColumn;
  const old = row.cells[opened.value.column] as Buffer;
  const { value, cell: renewed } = withNewIv(target, row.cells, opened.value);
  const plaintext = outerBytes(targetForm.layout, secret);
  const edits = await sealOne(targetForm.layout, key, value, plaintext);
  plaintext.fill(0);
  const cell = replaceValues(renewed, opened.value.column, [{ value, edits }]);
  const asParameter = (bytes: Buffer) => (column.type === 'bytea' ? bytes : bytes.toString('utf8'));
  const keys = target.identity.columns.map(
    ({ name, type }, i) => `t.${quoteName(name)} = $${i + 3}::${type}`,
  );
  const returned = target.identity.columns.map(
    ({ name }) => `t.${quoteName(name)}::pg_catalog.text AS ${quoteName(name)}`,
  );
  const result = await client.query<Record<string, string>>(
    `UPDATE ${target.sql} AS t SET ${quoteName(column.name)} = $1::${column.input}
     WHERE ${readExpression('t', column)} = $2 AND ${keys.join(' AND ')}
     RETURNING ${returned.join(', ')}`,
    [asParameter(cell), asParameter(old), ...target.identity.columns.map(({ name }) => identity.key[name])],
  );
  const [written] = result.rows;
  if (!written || result.rowCount !== 1) throw changed();
  return written;
}

/** Draws for one value: seconds at most. */
const maxDraws = 1 << 16;

/** Where the old value does not show the alphabet of its base64, one that is in both is drawn if the new value is short enough for that. */
async function sealOne(
  layout: Layout,
  key: EncryptionKey,
  { leaf, ciphertext }: RowValue,
  plaintext: Uint8Array,
): Promise<Edit[]> {
  const values = [ciphertext as Ciphertext];
  const edits = await sealCiphertexts(layout, key, values, [plaintext]);
  const [first] = edits as [Edit[]];
  if (values[0]?.spans.some(({ from, to }) => holdsAlphabetSign(leaf.text.slice(from, to)))) return first;
  const [drawn] = await inEitherAlphabet(layout, key, values, [plaintext], edits, { left: maxDraws });
  return drawn ?? first;
}

/** The value under a new IV, in its cell, where the IV stands apart from it in the same document. Throws `iv-apart`. */
function withNewIv(
  { columns }: TableTarget,
  cells: readonly Field[],
  value: RowValue,
): { readonly value: RowValue; readonly cell: Buffer } {
  const cell = cells[value.column] as Buffer;
  const values = findValues(columns, cells);
  const at = values.findIndex((one) => isSameValue(one, value));
  const renewed = renewIv(columns, cell, values[at] ?? value, values);
  if (renewed.kind === 'own') return { value, cell };
  if (renewed.kind === 'apart') throw ivApart();
  const again = findValues(columns, cells.with(value.column, renewed.cell))[at];
  if (!again?.ciphertext) throw ivApart();
  return { value: again, cell: renewed.cell };
}

function ivApart(): KeelError {
  return new KeelError(
    'iv-apart',
    'the IV of this credential is stored separately, and a new secret encrypted with the same key needs a new one; nothing was changed',
    'enter the new secret in the application itself, which writes both',
  );
}

function changed(): KeelError {
  return new KeelError(
    'value-changed',
    'the credential has changed since it was read; nothing was written',
    'open it again, then replace it if that is still needed',
  );
}

const nameOf = ({ table: { target }, opened }: OpenCredential) =>
  `the row ${describeKey(target, opened.row.key)} of ${target.label}`;

function notCommitted(current: OpenCredential): KeelError {
  return new KeelError(
    'connection-lost',
    `the connection was lost during the commit of the new secret, and ${nameOf(current)} still has the old one: nothing was changed`,
    'check the server log, then replace it again',
  );
}

function notSettled(current: OpenCredential): KeelError {
  return new KeelError(
    'commit-unsettled',
    `the connection was lost during the commit of the new secret, and its outcome could not be determined: ${nameOf(current)} may have the new secret or the old one`,
    'check the credential once the server answers, before you replace it again or revoke the old secret',
  );
}

function notWritten(current: OpenCredential): KeelError {
  return new KeelError(
    'verification-failed',
    `${nameOf(current)} did not return the new value; it was rolled back, nothing was changed`,
    'check for triggers or rules that write to the table',
  );
}
