import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createForeignDatabase } from '#test/support/databases/foreign-database';
import { KeelFolder } from '#test/support/processes/keel-process';

test('an emergency sheet has the database, the people and the backups on record, no secret, and refuses to be given one', async () => {
  await using database = await createForeignDatabase({ rows: 60 });
  await using folder = await KeelFolder.create();
  const keyFile = await folder.file('from.key', `${database.from.toString('base64')}\n`);
  const out = join(folder.path, 'sheet.pdf');
  const sheet = (...more: string[]) =>
    folder.run(['backup', 'sheet', '--database', database.url, '--out', out, '--json', ...more]);
  expect(await sheet()).toMatchObject({ status: 4, json: { error: { code: 'key-not-in-ring' } } });
  const words = join(folder.path, 'words.txt');
  const create = ['backup', 'create', '--format', 'words', '--key-file', keyFile, '--out', words];
  expect(await folder.run(create)).toMatchObject({ status: 0 });
  const passphrase = await folder.file('passphrase', 'unfounded viper clay jogger abide\n');
  const restore = ['backup', 'restore', '--artefact', words, '--database', database.url];
  const sealed = ['--keep-keys-in', 'sealed-file', '--ring-passphrase-file', passphrase];
  expect(await folder.run([...restore, ...sealed])).toMatchObject({ status: 0 });

  for (const secret of [database.from.toString('base64'), 'postgres://ballast:hush@db/ballast']) {
    const refused = await sheet('--note', secret);
    expect(refused).toMatchObject({ status: 2, json: { error: { code: 'usage' } } });
    expect(refused.stdout + refused.stderr).not.toContain(secret);
  }
  expect(await sheet('--contact', 'x'.repeat(161))).toMatchObject({ status: 2 });
  expect(await readdir(folder.path)).not.toContain('sheet.pdf');

  const written = await sheet('--server', 'ballast-1 in rack 4', '--contact', 'Ada, +44 20 7946 0000');
  expect(written).toMatchObject({ status: 0, json: { sheet: { backups: 1 } } });
  const text = await textOf(out);
  expect(text).toContain('ballast-1 in rack 4');
  expect(text).toContain('Ada, +44 20 7946 0000');
  expect(text).toContain('words.txt');
  expect(text).toContain(written.json.sheet.fingerprint);
  expect(text).toContain(new URL(database.url).pathname.slice(1));
  expect(text).not.toContain(database.from.toString('base64'));
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  expect(await sheet()).toMatchObject({ json: { error: { code: 'file-exists' } } });
});

/** The letters of a PDF that pdfkit wrote: hex strings in streams that are deflated. */
async function textOf(path: string): Promise<string> {
  const pdf = await readFile(path);
  let text = '';
  for (let at = pdf.indexOf('stream\n'); at >= 0; at = pdf.indexOf('stream\n', at + 1)) {
    if (pdf.toString('latin1', at - 3, at) === 'end') continue;
    try {
      const content = inflateSync(pdf.subarray(at + 7)).toString('latin1');
      for (const [line] of content.matchAll(/^\[.*\] TJ$/gm)) {
        for (const [, hex = ''] of line.matchAll(/<([0-9a-f]+)>/g))
          text += Buffer.from(hex, 'hex').toString('latin1');
        text += '\n';
      }
    } catch {
      // a stream that is not deflated has no letters
    }
  }
  return text;
}
