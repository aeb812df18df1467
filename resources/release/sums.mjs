// Writes what a release is checked by: `node resources/release/sums.mjs FOLDER [--key SSH-KEY]` puts SHA256SUMS beside its files, and with
// a key its signature. `verify.mjs` checks both.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { filesIn, listName, namespace, signatureName, sumOf } from './listed.mjs';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { key: { type: 'string' } } });
const [folder] = positionals;
if (folder === undefined) {
  process.stderr.write('usage: node sums.mjs FOLDER [--key SSH-KEY]\n');
  process.exit(2);
}
const list = join(folder, listName);
// one of another list would be taken for its own
rmSync(join(folder, signatureName), { force: true });
const lines = [];
for (const name of filesIn(folder)) lines.push(`${await sumOf(join(folder, name))}  ${name}\n`);
if (lines.length === 0) {
  process.stderr.write(`${folder} has no files; nothing was written\n`);
  process.exit(1);
}
writeFileSync(list, lines.join(''));
process.stdout.write(`${list}: ${lines.length} files\n`);
if (values.key !== undefined) {
  const { status } = spawnSync('ssh-keygen', ['-Y', 'sign', '-f', values.key, '-n', namespace, list], {
    stdio: ['inherit', 'ignore', 'inherit'],
  });
  if (status !== 0) process.stderr.write(`${list} was not signed\n`);
  process.exit(status ?? 1);
}
