import { describe, expect, test } from 'vitest';
import { applicationNamed, type ApplicationForm, formsOf } from '#applications/applications';
import { parseApplicationKey } from '#crypto/application-key';
import type { EncryptionKey } from '#crypto/encryption-key';
import { judgeCells } from '#evidence/judge-cells';
import { openCiphertexts, sealCiphertexts } from '#forms/cipher';
import { type Ciphertext, ciphertextReader, ivReader } from '#forms/ciphertext';
import { applyEdits } from '#forms/leaf';
import { parseLayout } from '#forms/layout';
import { innerSecret } from '#forms/plaintext';
import { keyClassOf, makeKeyText } from '#schemes/key-class';
import {
  allVectors,
  cellOf,
  holdsNothing,
  otherReadersLacking,
  readByOthers,
  type Vector,
  writtenAs,
} from '#test/support/schemes/vectors';

/** JSON trees, whose leaves are values, are tried in a database. */
const vectors = allVectors().filter((vector) => vector.application !== 'pulp' && !holdsNothing(vector));

interface ReadVector {
  readonly vector: Vector;
  readonly form: ApplicationForm;
  readonly text: string;
  readonly ciphertext: Ciphertext;
}

const keyOf = ({ key }: Vector) => parseApplicationKey(Buffer.from(key, 'utf8'));

/** The names of the columns with the value itself, where there are several. */
const valueColumns = ['data', 'encrypted'];

function readVector(vector: Vector, form: ApplicationForm): ReadVector | undefined {
  const { ciphertext } = vector;
  const value =
    typeof ciphertext === 'string'
      ? ciphertext
      : (Object.entries(ciphertext).find(([name]) => valueColumns.includes(name))?.[1] as string);
  const iv = typeof ciphertext === 'string' ? undefined : (ciphertext['iv'] as string);
  if ((iv === undefined) !== (form.entry.iv === undefined)) return undefined;
  const text = cellOf(value).toString('latin1');
  const ivBytes =
    iv === undefined
      ? undefined
      : ivReader(parseLayout(form.entry.iv?.layout ?? ''))(cellOf(iv).toString('latin1'));
  const read = ciphertextReader(form.layout).read(text, ivBytes);
  return read && { vector, form, text, ciphertext: read };
}

/** Decrypts by the first of the application's forms that opens it. */
async function openVector(vector: Vector, key: EncryptionKey) {
  for (const form of formsOf(applicationNamed(vector.application))) {
    const read = readVector(vector, form);
    if (!read) continue;
    using judged = await judgeCells(form.layout, key, [read.ciphertext]);
    const [cell] = judged.cells;
    if (!cell || cell.evidence.verdict === 'contradicted') continue;
    const secret = innerSecret(form.layout, cell.plaintext);
    return { read, secret: Buffer.from(secret ?? []).toString('utf8'), evidence: cell.evidence };
  }
  return undefined;
}

/** Under a new key of the old one's class, as its column or columns would hold it. */
async function rotateVector(
  { form, text, ciphertext, vector }: ReadVector,
  from: EncryptionKey,
  to: EncryptionKey,
) {
  const { plaintexts, storage } = await openCiphertexts(form.layout, from, [ciphertext]);
  const [edits] = await sealCiphertexts(form.layout, to, [ciphertext], plaintexts);
  storage.fill(0);
  const fresh = Buffer.from(applyEdits(text, edits ?? []), 'latin1');
  if (typeof vector.ciphertext === 'string') return writtenAs(fresh, vector.ciphertext);
  return Object.fromEntries(
    Object.entries(vector.ciphertext).map(([name, old]) => [
      name,
      valueColumns.includes(name) ? writtenAs(fresh, old as string) : old,
    ]),
  );
}

const byApplication = [...new Set(vectors.map(({ application }) => application))].map(
  (name) => [name, vectors.filter(({ application }) => application === name)] as const,
);

describe.for(byApplication)('ciphertexts of %s', ([, mine]) => {
  test('are opened under the key as its admin writes it', async () => {
    for (const vector of mine) {
      using key = keyOf(vector);
      const opened = await openVector(vector, key);
      expect(`${vector.kind}: ${opened?.secret}`).toBe(`${vector.kind}: ${vector.plaintext}`);
    }
  });

  test('are not opened by another key of the same class, nor when a byte of them is damaged', async () => {
    for (const vector of mine) {
      using key = keyOf(vector);
      const opened = await openVector(vector, key);
      if (!opened) continue;
      using other = parseApplicationKey(makeKeyText(keyClassOf(key.written)));
      const wrong = await openVector(vector, other);
      // a few bytes without a tag are text of some other key by luck
      expect(wrong?.evidence.bits ?? 0).toBeLessThan(20);
      const { read } = opened;
      // what has no tag is damaged without a sign of it
      if (!read.ciphertext.tag) continue;
      const damaged = { ...read.ciphertext, tag: Buffer.from(read.ciphertext.tag ?? []) };
      damaged.tag[0] = (damaged.tag[0] as number) ^ 1;
      using judged = await judgeCells(read.form.layout, key, [damaged]);
      expect(judged.cells[0]?.evidence).toEqual({ verdict: 'contradicted', bits: 0 });
    }
  });
});

test(`values under a new key of the same class are read by programs of others${otherReadersLacking}`, async ({
  skip,
}) => {
  skip(otherReadersLacking !== '');
  const asked: Omit<Vector, 'plaintext' | 'kind'>[] = [];
  const expected: string[] = [];
  for (const vector of vectors) {
    using from = keyOf(vector);
    const opened = await openVector(vector, from);
    expect(opened).toBeDefined();
    if (!opened) continue;
    const text = makeKeyText(keyClassOf(from.written));
    using to = parseApplicationKey(text);
    const ciphertext = await rotateVector(opened.read, from, to);
    expect(ciphertext).not.toEqual(vector.ciphertext);
    const { application, scheme, plaintext } = vector;
    asked.push({ application, scheme, ciphertext, key: to.written.toString('utf8') });
    expected.push(Buffer.from(plaintext).toString('utf8'));
  }
  const read = readByOthers(asked).map((hex) =>
    hex === null ? null : Buffer.from(hex, 'hex').toString('utf8'),
  );
  expect(read).toEqual(expected);
});

test('what a rotation keeps of a Fernet token is its version and its time stamp', async () => {
  for (const vector of vectors.filter(({ scheme }) => scheme.startsWith('fernet'))) {
    using from = keyOf(vector);
    const opened = await openVector(vector, from);
    using to = parseApplicationKey(makeKeyText(keyClassOf(from.written)));
    const fresh = await rotateVector((opened as NonNullable<typeof opened>).read, from, to);
    const beginning = (token: unknown) =>
      Buffer.from(String(token), 'base64url').subarray(0, 9).toString('hex');
    expect(beginning(fresh)).toBe(beginning(vector.ciphertext));
  }
});

test('every vector is of an application with a file, and every rotated application says how to make a key', () => {
  for (const { application } of allVectors())
    expect(applicationNamed(application).forms.length).toBeGreaterThan(0);
});
