import { describe, expect, test } from 'vitest';
import { applicationNamed, formsOf } from '#applications/applications';
import { parseApplicationKey } from '#crypto/application-key';
import type { EncryptionKey } from '#crypto/encryption-key';
import { judgeCells } from '#evidence/judge-cells';
import { keyClassOf, makeKeyText } from '#schemes/key-class';
import {
  asVector,
  openEntry,
  type OpenedRow,
  openRow,
  rotateRow,
  rowOf,
} from '#test/support/schemes/vector-rows';
import {
  allVectors,
  holdsNothing,
  otherReadersLacking,
  readByOthers,
  type Vector,
} from '#test/support/schemes/vectors';

/** JSON trees, whose leaves are values, are tried in a database. */
const vectors = allVectors().filter((vector) => vector.application !== 'pulp' && !holdsNothing(vector));

const keyOf = ({ key }: Vector) => parseApplicationKey(Buffer.from(key, 'utf8'));

/** Decrypts by the first of the application's forms that opens it; a value of no bytes by that of another one. */
async function openVector(vector: Vector, key: EncryptionKey): Promise<OpenedRow | undefined> {
  const { application, scheme, ciphertext } = vector;
  const opened = await openRow(rowOf(ciphertext), formsOf(applicationNamed(application)), key);
  if (opened || vector.kind !== 'empty') return opened;
  const filled = vectors.find((one) => one.scheme === scheme && one.key === vector.key) as Vector;
  const like = filled.kind === 'empty' ? undefined : await openVector(filled, key);
  return like && openEntry(rowOf(ciphertext), like.entry, key);
}

/** Of the same class; a salt that is written with the key is kept. */
function freshKey({ written }: EncryptionKey): Buffer {
  const [, key, salt] = /^(\w{32})(:\w{32})$/.exec(written.toString()) ?? [];
  if (key === undefined) return makeKeyText(keyClassOf(written));
  return Buffer.from(makeKeyText(keyClassOf(Buffer.from(key))).toString() + salt);
}

/** Under a new key of the old one's class, as its column or columns would hold it. */
async function rotateVector(vector: Vector, opened: OpenedRow, from: EncryptionKey, to: EncryptionKey) {
  return asVector(await rotateRow(opened, from, to), vector.ciphertext);
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
      using other = parseApplicationKey(freshKey(key));
      const wrong = await openVector(vector, other);
      // a few bytes without a tag are text of some other key by luck
      expect(wrong?.bits ?? 0).toBeLessThan(20);
      const [ciphertext] = opened.ciphertexts;
      // what has no tag is damaged without a sign of it
      if (!ciphertext?.tag) continue;
      const damaged = { ...ciphertext, tag: Buffer.from(ciphertext.tag) };
      damaged.tag[0] = (damaged.tag[0] as number) ^ 1;
      using judged = await judgeCells(opened.form.layout, key, [damaged]);
      expect(judged.cells[0]?.evidence).toEqual({ verdict: 'contradicted', bits: 0 });
    }
  });

  test(`are read by programs of others under a new key of the same class${otherReadersLacking}`, async ({
    skip,
  }) => {
    skip(otherReadersLacking !== '');
    const asked: Omit<Vector, 'plaintext' | 'kind'>[] = [];
    const expected: string[] = [];
    for (const vector of mine) {
      using from = keyOf(vector);
      const opened = await openVector(vector, from);
      expect(opened).toBeDefined();
      if (!opened) continue;
      const text = freshKey(from);
      using to = parseApplicationKey(text);
      const ciphertext = await rotateVector(vector, opened, from, to);
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
});

test('what a rotation keeps of a Fernet token is its version and its time stamp', async () => {
  for (const vector of vectors.filter(({ scheme }) => scheme.startsWith('fernet'))) {
    using from = keyOf(vector);
    const opened = await openVector(vector, from);
    using to = parseApplicationKey(freshKey(from));
    const fresh = await rotateVector(vector, opened as OpenedRow, from, to);
    const beginning = (token: unknown) =>
      Buffer.from(String(token), 'base64url').subarray(0, 9).toString('hex');
    expect(beginning(fresh)).toBe(beginning(vector.ciphertext));
  }
});

test('every vector is of an application with a file, and every rotated application says how to make a key', () => {
  for (const { application } of allVectors())
    expect(applicationNamed(application).forms.length).toBeGreaterThan(0);
});
