// Checks a release before it is installed: `node verify.mjs FOLDER SIGNERS [FILE…]`. SIGNERS names who may sign it, as ssh-keygen has it
// ("keel-release ssh-ed25519 …"), from a place that is trusted already. The list of checksums has to be signed by one of them, and each
// FILE, or every file of the folder, has to be on it with its sum. Needs Node and ssh-keygen, and nothing of Keel.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn, listName, namespace, signatureName, sumOf } from './listed.mjs';

const [folder, signers, ...asked] = process.argv.slice(2);
if (signers === undefined) end(2, 'usage: node verify.mjs FOLDER SIGNERS [FILE…]');
for (const path of [join(folder, listName), join(folder, signatureName), signers])
  if (!existsSync(path)) end(1, `${path} is not there; nothing was verified`);

const list = readFileSync(join(folder, listName));
const signature = join(folder, signatureName);
const who = ['-f', signers, '-I', namespace, '-n', namespace, '-s', signature];
const { status, error } = spawnSync('ssh-keygen', ['-Y', 'verify', ...who], { input: list });
if (error) end(1, `ssh-keygen could not be started (${error.code}); nothing was verified`);
if (status !== 0) end(1, `${listName} is not signed by anybody in ${signers}; do not install these files`);

const sums = new Map(
  list
    .toString()
    .split('\n')
    .flatMap((line) => {
      const [, sum, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
      return sum ? [[name, sum]] : [];
    }),
);
const names = asked.length > 0 ? asked : filesIn(folder);
const wrong = [];
for (const name of names) {
  const path = join(folder, name);
  if (!sums.has(name)) wrong.push(`${name} is not on the list`);
  else if (!existsSync(path)) wrong.push(`${name} is not there`);
  else if ((await sumOf(path)) !== sums.get(name)) wrong.push(`${name} is not the file that was released`);
}
if (names.length === 0) wrong.push(`${folder} has no files`);
if (wrong.length > 0) end(1, [...wrong, 'do not install what is named here'].join('\n'));
const missing = [...sums.keys()].filter((name) => !names.includes(name)).length;
const others = missing > 0 ? `; ${missing} more on the list were not looked at` : '';
process.stdout.write(`signed, and as released: ${names.join(', ')}${others}\n`);

function end(code, words) {
  process.stderr.write(`${words}\n`);
  process.exit(code);
}
