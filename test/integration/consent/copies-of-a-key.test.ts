import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { GivenArtefact, NewArtefact } from '#contract/backup';
import { EncryptionKey } from '#crypto/encryption-key';
import { toRecoveryWords } from '#backup/recovery-words';
import { addAcme, passphrase } from '#test/support/consent/acme-environment';
import { createTestDatabase } from '#test/support/postgres/test-database';
import { openTestWindow } from '#test/support/window';

const secret = 'password hunter2 and nothing else in this file';

/** A window with one key, whose words are known, and a file of the machine that is nobody's backup. */
async function opened() {
  const database = await createTestDatabase();
  const window = await openTestWindow();
  const environment = await addAcme(window, database);
  const bytes = Buffer.from('0123456789abcdef0123456789abcdef');
  using key = new EncryptionKey(Buffer.from(bytes));
  const words = toRecoveryWords(key).join(' ');
  const source = { kind: 'typed', text: bytes.toString('base64') } as const;
  const { fingerprint } = await window.must('keys.adopt', { environment, source });
  const foreign = join(window.home, 'notes.txt');
  await writeFile(foreign, secret);
  const drill = async (
    from: GivenArtefact,
    artefact?: { artefact: 'words' | 'shares'; location: string },
  ) => {
    const input = { environment, fingerprint, from, ...(artefact && { artefact }) };
    const outcome = await window.run('backup.drill', input);
    return outcome.ok ? outcome.value : outcome.error;
  };
  const make = (artefact: NewArtefact) => window.run('backup.create', { environment, fingerprint, artefact });
  const choose = async (path: string, purpose: 'save-age' | 'save-words' | 'save-shares' | 'open-words') => {
    window.desk.nextFile = path;
    await window.must('files.choose', { purpose, ...(purpose !== 'open-words' && { fingerprint }) } as never);
    return path;
  };
  const proofs = async () => {
    const keys = await window.must('keys.list', { environment });
    return keys.flatMap((one) => one.proofs.map(({ artefact, location }) => `${artefact} ${location}`));
  };
  return {
    window,
    foreign,
    words,
    drill,
    make,
    choose,
    proofs,
    async [Symbol.asyncDispose]() {
      await window[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

test('a location that the page typed is no path, so no file is read because a copy is listed there', async () => {
  await using page = await opened();
  const { foreign } = page;
  expect(await page.make({ form: 'words-by-hand', location: foreign })).toMatchObject({
    ok: false,
    error: { code: 'usage' },
  });
  const given: GivenArtefact[] = [
    { from: 'words-file', path: foreign },
    { from: 'shares', paths: [foreign], typed: [] },
    { from: 'photo', path: foreign, passphrase },
    { from: 'file', path: foreign, passphrase },
  ];
  for (const from of given)
    expect(await page.drill(from), from.from).toMatchObject({ code: 'file-not-chosen' });
});

test('a backup is read without a dialog in the form that it was written in, and of a set only its own shares', async () => {
  await using page = await opened();
  const path = await page.choose(join(page.window.home, 'words.txt'), 'save-words');
  await page.make({ form: 'words-file', path });
  const folder = await page.choose(join(page.window.home, 'set'), 'save-shares');
  const made = await page.make({ form: 'shares', folder, threshold: 2, holders: ['Anna', 'Ben'] });
  const { files } = (made as { value: { files: string[] } }).value;
  const beside = join(folder, 'notes.txt');
  await writeFile(beside, secret);

  // what dialogs named is forgotten with the session
  const home = page.window.home;
  await page.window.close();
  await using later = await openTestWindow(home);
  const [card] = await later.must('environments.list', {});
  const environment = card?.id ?? '';
  const keys = await later.must('keys.list', { environment });
  const drill = async (from: GivenArtefact) => {
    const input = { environment, fingerprint: keys[0]?.fingerprint ?? '', from };
    const outcome = await later.run('backup.drill', input);
    return outcome.ok ? outcome.value : outcome.error;
  };
  expect(await drill({ from: 'words-file', path })).toMatchObject({ result: 'correct' });
  expect(await drill({ from: 'shares', paths: files, typed: [] })).toMatchObject({ result: 'correct' });
  const given: GivenArtefact[] = [
    { from: 'shares', paths: [path], typed: [] },
    { from: 'shares', paths: [...files, beside], typed: [] },
    { from: 'file', path, passphrase },
    { from: 'photo', path, passphrase },
    { from: 'words-file', path: files[0] ?? '' },
  ];
  for (const from of given)
    expect(await drill(from), JSON.stringify(from)).toMatchObject({ code: 'file-not-chosen' });
});

test('what is wrong in a file is told by position, and what was typed by its words', async () => {
  await using page = await opened();
  await page.choose(page.foreign, 'open-words');
  const read = await page.drill({ from: 'words-file', path: page.foreign });
  expect(read).toMatchObject({ result: 'invalid', breaksAt: 'words' });
  expect(JSON.stringify(read)).not.toContain('hunter2');
  expect(await page.drill({ from: 'words', words: 'abandon bycycle' })).toMatchObject({
    words: [{ position: 2, typed: 'bycycle', suggestions: ['bicycle', 'cycle', 'recycle'] }],
  });
});

test('a proof goes to the copy that was opened, whichever the page names', async () => {
  await using page = await opened();
  const bank = { artefact: 'words', location: 'bank safe' } as const;
  await page.make({ form: 'words-by-hand', location: bank.location });
  const path = await page.choose(join(page.window.home, 'key.age'), 'save-age');
  await page.make({ form: 'passphrase', path, passphrase: { typed: passphrase } });
  const file = await page.choose(join(page.window.home, 'words.txt'), 'save-words');
  await page.make({ form: 'words-file', path: file });
  const sets: string[] = [];
  for (const name of ['one', 'other']) {
    const folder = await page.choose(join(page.window.home, name), 'save-shares');
    await page.make({ form: 'shares', folder, threshold: 2, holders: ['Anna', 'Ben'] });
    sets.push(folder);
  }
  const [one = '', other = ''] = sets;

  expect(await page.drill({ from: 'file', path, passphrase }, bank)).toMatchObject({ result: 'correct' });
  expect(await page.drill({ from: 'words-file', path: file }, bank)).toMatchObject({ result: 'correct' });
  expect(await page.proofs()).toEqual([`age-file ${path}`, `words ${file}`]);

  const typed = await Promise.all((await filesOf(one)).map((share) => readFile(share, 'utf8')));
  await page.drill({ from: 'shares', paths: [], typed }, { artefact: 'shares', location: other });
  expect((await page.proofs()).at(-1)).toBe('shares typed shares');
  await page.drill({ from: 'shares', paths: [], typed }, { artefact: 'shares', location: one });
  expect((await page.proofs()).at(-1)).toBe(`shares ${one}`);

  await page.drill({ from: 'words', words: page.words }, { artefact: 'words', location: file });
  expect((await page.proofs()).at(-1)).toBe('words typed words');
  await page.drill({ from: 'words', words: page.words }, bank);
  expect((await page.proofs()).at(-1)).toBe('words bank safe');
});

test('copies that are only stated are bounded, and one of them can be stated again', async () => {
  await using page = await opened();
  for (let n = 1; n <= 50; n++)
    expect(await page.make({ form: 'words-by-hand', location: `safe ${n}` })).toMatchObject({ ok: true });
  expect(await page.make({ form: 'words-by-hand', location: 'safe 51' })).toMatchObject({
    ok: false,
    error: { code: 'usage', message: expect.stringContaining('50 copies') },
  });
  expect(await page.make({ form: 'words-by-hand', location: 'safe 7' })).toMatchObject({ ok: true });
});

async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(folder)).map((name) => join(folder, name));
}
