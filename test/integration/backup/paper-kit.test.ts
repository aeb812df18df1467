import { execFileSync } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from 'jpeg-js';
import { describe, expect, test as plainTest } from 'vitest';
import { drillArtefact } from '#backup/drill';
import { readJpeg } from '#backup/pictures/jpeg-picture';
import { type PaperKit, type PaperKitOptions, writePaperKit } from '#backup/paper/paper-kit';
import { wordsProgram } from '#backup/paper/paper-steps';
import { readPng } from '#backup/pictures/png-picture';
import { toRecoveryWords } from '#backup/recovery-words';
import { generateEncryptionKey } from '#crypto/encryption-key';
import { Secret } from '#crypto/secret';
import { test } from '#test/support/temp-folder';
import { blur, darken, fromPng, noise, rotate, toJpeg } from '#test/unit/backup/spoilt-pictures';
import { lacking, python, runOther } from '#test/support/processes/other-programs';

const noPoppler = lacking({ pdftoppm: ['pdftoppm', '-v'], pdftotext: ['pdftotext', '-v'] });
const noMnemonic = lacking({ 'python3-mnemonic': [python, '-c', 'import mnemonic'] });

const key = generateEncryptionKey();
const passphrase = new Secret(Buffer.from('seven unlikely words'));
const sealed: PaperKit = { kind: 'sealed', passphrase };
const createdAt = new Date('2026-03-01T12:00:00.000Z');
const terms = { threshold: 3, holders: ['Ada', 'Grace Hopper', '王小明', 'Lin', 'Zoë'] };

async function kitIn(
  folder: string,
  kit: PaperKit,
  { environment = 'Acme production', ...options }: PaperKitOptions & { environment?: string } = {},
): Promise<string> {
  const path = join(folder, 'kit.pdf');
  await writePaperKit(path, key, kit, { environment, createdAt }, { workFactor: 10, ...options });
  return path;
}

function render(pdf: string, ...how: string[]): string {
  const out = `${pdf}-${how.join('')}`;
  execFileSync('pdftoppm', [...how, '-singlefile', pdf, out]);
  return `${out}.${how.includes('-png') ? 'png' : 'jpg'}`;
}

const textOf = (pdf: string) => execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' });
const pagesOf = (pdf: string) => textOf(pdf).split('\f').filter(Boolean);
const drill = (photo: string) =>
  drillArtefact({ form: 'paper', photo, opener: { passphrase } }, key.fingerprint);

describe.skipIf(noPoppler !== '')(`a rendered kit${noPoppler}`, () => {
  test('gives the key back from a scan at any resolution and in any format', async ({ folder }) => {
    const pdf = await kitIn(folder, sealed, { paper: 'letter' });
    const scans = [
      render(pdf, '-r', '150', '-png'),
      render(pdf, '-r', '300', '-png', '-gray'),
      render(pdf, '-r', '150', '-jpeg', '-jpegopt', 'quality=30'),
      render(pdf, '-r', '150', '-jpeg', '-jpegopt', 'progressive=y'),
    ];
    for (const scan of scans) expect(await drill(scan)).toMatchObject({ result: 'correct' });
  });

  test('gives the key back from a photo of the sheet, held and lit as it may be', async ({ folder }) => {
    const pdf = await kitIn(folder, sealed);
    const page = fromPng(await readFile(render(pdf, '-r', '110', '-png')));
    const photo = join(folder, 'photo.jpg');
    for (const taken of [
      rotate(page, 3),
      rotate(page, 17),
      rotate(page, 180),
      blur(page, 1),
      darken(noise(rotate(page, 90), 40), 0.25),
    ]) {
      await writeFile(photo, toJpeg(taken));
      expect(await drill(photo)).toMatchObject({ result: 'correct' });
    }
  });

  test('shows the same text in letters, and nowhere the key or the passphrase in clear', async ({
    folder,
  }) => {
    const pdf = await kitIn(folder, sealed);
    const text = textOf(pdf);
    const armored = /-----BEGIN AGE[^]+?END AGE ENCRYPTED FILE-----/.exec(text)?.[0] ?? '';
    using typed = new Secret(Buffer.from(armored.replaceAll(/^ +/gm, '')));
    const source = { form: 'age-file', from: { text: typed }, opener: { passphrase } } as const;
    expect(await drillArtefact(source, key.fingerprint)).toMatchObject({ result: 'correct' });
    const facts = execFileSync('pdfinfo', [pdf], { encoding: 'utf8' });
    for (const shown of [text, facts, await readFile(pdf, 'latin1')]) {
      expect(shown).not.toContain(key.toBase64());
      expect(shown).not.toContain('seven unlikely');
      // a word of its own may be one of the kit's
      expect(shown).not.toContain(toRecoveryWords(key).slice(0, 2).join(' '));
    }
    expect(facts).toMatch(/^Title: +Keel paper kit$/m);
    expect(facts).not.toContain('Acme');
    expect(text).toContain(key.fingerprint);
    expect(text).toContain('1 March 2026');
    expect((await stat(pdf)).mode & 0o777).toBe(0o600);
    await expect(kitIn(folder, sealed)).rejects.toMatchObject({ code: 'file-exists' });
  });

  test.for(['a4', 'letter'] as const)(
    'has every word and every holder on %s, a page each',
    async (paper, { folder }) => {
      const environment = '生产 🚀 Plzeň – Zürich'.padEnd(90, ' and more');
      const words = await kitIn(folder, { kind: 'words' }, { paper, environment });
      const [page = '', ...more] = pagesOf(words);
      expect(more).toEqual([]);
      const rows = page.match(/^(?:\s*\d+ +[a-z]+){4}\s*$/gm) ?? [];
      const listed = [...rows.join(' ').matchAll(/(\d+) +([a-z]+)/g)];
      expect(listed.map(([, number]) => Number(number))).toEqual(listed.map((_, at) => at + 1));
      expect(listed.map(([, , word]) => word)).toEqual(toRecoveryWords(key));
      expect(page).toContain('[U+751F][U+4EA7] [U+1F680] Plze[U+0148] – Zürich');
      execFileSync('rm', [words]);

      const shares = pagesOf(await kitIn(folder, { kind: 'share', terms }, { paper, environment }));
      expect(shares).toHaveLength(5);
      for (const [at, share] of shares.entries()) {
        expect(share).toContain(['Ada', 'Grace Hopper', '[U+738B][U+5C0F][U+660E]', 'Lin', 'Zoë'][at]);
        expect(share).toContain(`Page ${at + 1} of 5`);
        expect(share).toMatch(/\b33 +[a-z]+/);
      }
    },
  );

  test('is read pixel for pixel as other programs read it', async ({ folder }) => {
    const pdf = await kitIn(folder, sealed);
    for (const how of [['-gray'], ['-mono']]) {
      const bytes = await readFile(render(pdf, '-r', '50', '-png', ...how));
      expect((await readPng(bytes)).luma).toEqual(fromPng(bytes).luma);
    }
    for (const progressive of ['y', 'n']) {
      const bytes = await readFile(
        render(pdf, '-r', '50', '-jpeg', '-gray', '-jpegopt', `progressive=${progressive}`),
      );
      const theirs = decode(bytes, { useTArray: true }).data;
      const furthest = readJpeg(bytes).luma.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (theirs[at * 4] as number))),
        0,
      );
      expect(furthest).toBeLessThanOrEqual(2);
    }
  });
});

plainTest.skipIf(noMnemonic !== '')(
  `the lines on a sheet of words give the key back in Python${noMnemonic}`,
  () => {
    const typed = toRecoveryWords(key).join(' ');
    const printed = runOther(python, ['-c', wordsProgram.join('\n')], { input: `${typed}\n` });
    expect(printed).toBe(`the 24 words: ${key.toBase64()}\n`);
  },
);
