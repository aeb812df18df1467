import { expect, test } from 'vitest';
import { sealText } from '#backup/age/age-file';
import { checkedLines, checkOf, slipsIn } from '#backup/age/line-checks';
import { detectForm } from '#backup/detect-form';
import { drillArtefact } from '#backup/drill';
import { shortKeyText } from '#backup/key-text';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';

const key = generateEncryptionKey();
const passphrase = new Secret(Buffer.from('seven unlikely words'));
const armored = await sealText(shortKeyText(key), { passphrase }, { workFactor: 10 });
/** As a sheet shows it, and somebody types it. */
const printed = checkedLines(armored).map(({ line, check }) => (check ? `${line}  #${check}` : line));
const typed = (change: (lines: string[]) => void) => {
  const lines = [...printed];
  change(lines);
  return lines.join('\n');
};
const flip = (line = '', at = 20) =>
  `${line.slice(0, at)}${line[at] === 'a' ? 'b' : 'a'}${line.slice(at + 1)}`;

async function drill(text: string) {
  using secret = new Secret(Buffer.from(text));
  expect(await detectForm({ text: secret })).toEqual({ form: 'age-file', sealedTo: 'passphrase' });
  const source = { form: 'age-file', from: { text: secret }, opener: { passphrase } } as const;
  return drillArtefact(source, key.fingerprint);
}

test('printed letters restore the key, typed with their checks or without, and however a check itself was typed', async () => {
  for (const text of [
    printed.join('\n'),
    armored,
    typed((lines) =>
      lines.forEach(
        (line, at) =>
          (lines[at] = `  ${line.toLowerCase().includes('age') ? line : line.replace('  #', ' # ')}  `),
      ),
    ),
    typed((lines) => (lines[2] = (lines[2] ?? '').replace(/#..../, (check) => check.toLowerCase()))),
    typed((lines) => (lines[2] = (lines[2] ?? '').replace(/#..../, '#2222'))),
  ])
    expect(await drill(text)).toMatchObject({ result: 'correct' });
});

test('a slip is told by the line that it is in, and a line that was left out by its number', async () => {
  const one = typed((lines) => (lines[3] = flip(lines[3])));
  expect(await drill(one)).toMatchObject({
    result: 'invalid',
    breaksAt: 'armor',
    message: 'line 3 differs from its check, counted from the line after BEGIN',
  });
  const two = typed((lines) => {
    lines[2] = flip(lines[2]);
    lines[5] = flip(lines[5], 40);
  });
  expect(await drill(two)).toMatchObject({
    message: 'lines 2 and 5 differ from their checks, counted from the line after BEGIN',
  });
  expect(await drill(typed((lines) => lines.splice(4, 1)))).toMatchObject({
    message: 'line 4 is missing, counted from the line after BEGIN',
  });
});

test('every change of one letter in a line changes its check, and so does another place', () => {
  const [, line = ''] = armored.split('\n');
  for (let at = 0; at < line.length; at++) {
    const slips = slipsIn(Buffer.from(`${flip(line, at)} #${checkOf(line, 1)}`));
    expect(slips.wrong).toEqual([1]);
  }
  expect(slipsIn(Buffer.from(armored))).toEqual({ wrong: [], missing: [] });
  expect(checkOf(line, 1)).not.toBe(checkOf(line, 2));
});
