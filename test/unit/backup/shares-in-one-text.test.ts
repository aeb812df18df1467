import { describe, expect, test } from 'vitest';
import { detectForm } from '#backup/detect-form';
import { drillArtefact } from '#backup/drill';
import { makeShares, shareText } from '#backup/shares/share-making';
import { openShares } from '#backup/shares/shares-opening';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';

const notes = { environment: 'acme production', createdAt: new Date('2026-03-01T12:00:00.000Z') };
const people = ['Alice', 'Bob', 'Carol'];
const secretOf = (text: string) => ({ text: new Secret(Buffer.from(text)) });
const bare = (text: string) => text.replace(/^#.*$/gm, '').trim().split(/\s+/).join(' ');
const numbered = (text: string) =>
  bare(text)
    .split(' ')
    .map((word, at) => `${at + 1}. ${word}`)
    .join('\n');

async function open(text: string) {
  const opened = await openShares([{ ...secretOf(text), name: 'all.txt' }]);
  if ('broken' in opened) return opened;
  using key = opened.key;
  return { key: key.toBase64(), shares: opened.shares };
}

describe('a set of shares', () => {
  test.for([
    ['with their comments', (texts: string[]) => texts.join('')],
    ['as words, an empty line between them', (texts: string[]) => texts.map(bare).join('\n\n')],
    ['as words, one a line', (texts: string[]) => texts.map(bare).join('\r\n')],
    ['as words on one line', (texts: string[]) => texts.map(bare).join(' ')],
    ['each word numbered', (texts: string[]) => texts.map(numbered).join('\n')],
  ] as const)('is read from one text, %s', async ([, put]) => {
    using key = generateEncryptionKey();
    const made = await makeShares(key, { threshold: 2, holders: people });
    const text = put(made.map((share) => shareText(share, notes).toString()));
    expect(await detectForm({ text: new Secret(Buffer.from(text)) })).toEqual({ form: 'share' });
    const opened = await open(text);
    const shares = ['good', 'good', 'good'].map((state) => ({ state }));
    expect(opened).toMatchObject({ key: key.toBase64(), shares });
  });

  test('is read from between what is written around it, which is a single note if no share is there', async () => {
    using key = generateEncryptionKey();
    const made = await makeShares(key, { threshold: 2, holders: people });
    const note = `Please keep this in the safe of the office, and call Grace before anything is opened.${'\n'.repeat(9)}`;
    const shares = made
      .map((share) => `${note.repeat(4)}${bare(shareText(share, notes).toString())}`)
      .join('\n\n');
    const opened = await open(shares);
    const good = ['good', 'good', 'good'].map((state) => ({ state }));
    expect(opened).toMatchObject({ key: key.toBase64(), shares: good });
    const readme = { ...secretOf(`${note.repeat(40)}${'\n'.repeat(50_000)}`), name: 'README' };
    const from = [...made.map((share) => secretOf(shareText(share, notes).toString())), readme];
    expect(await drillArtefact({ form: 'shares', from }, key.fingerprint)).toMatchObject({
      result: 'correct',
      shares: [{ state: 'good' }, { state: 'good' }, { state: 'good' }, { name: 'README', state: 'other' }],
    });
  });

  test('names the one of a text that is damaged, and takes the others', async () => {
    using key = generateEncryptionKey();
    const made = await makeShares(key, { threshold: 2, holders: people });
    const texts = made.map((share) => bare(shareText(share, notes).toString()));
    const text = [texts[0], texts[1]?.split(' ').slice(3).join(' '), texts[2]].join('\n\n');
    const opened = await open(text);
    const shares = ['good', 'damaged', 'good'].map((state) => ({ state }));
    expect(opened).toMatchObject({ key: key.toBase64(), shares });
  });

  test('is as good with a note beside it, which is named as no share', async () => {
    using key = generateEncryptionKey();
    const made = await makeShares(key, { threshold: 2, holders: people.slice(0, 2) });
    const readme = {
      ...secretOf('Read me first: these are the shares of our key. Ask Ada for hers.'),
      name: 'README',
    };
    const from = [...made.map((share) => secretOf(shareText(share, notes).toString())), readme];
    expect(await drillArtefact({ form: 'shares', from }, key.fingerprint)).toMatchObject({
      result: 'correct',
      shares: [{ state: 'good' }, { state: 'good' }, { state: 'other', message: 'it is not a share' }],
    });
  });
});
