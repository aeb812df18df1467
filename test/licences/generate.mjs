// Lists what Keel ships of others, with their licences, by the lock file: `npm run licences` writes what About shows. With --check
// it only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const target = join(root, 'src-renderer/screens/settings/third-parties.json');
const read = (name) => JSON.parse(readFileSync(join(root, name), 'utf8'));

/** Built into the page; everything else of development stays behind. */
const bundled = ['react', 'react-dom', '@mantine/core', '@mantine/hooks', 'echarts', 'electron'];
/** Of packages that do not say so in the field for it, from their own files. */
const known = { 'png-js': 'MIT' };

const { packages } = read('package-lock.json');

/** Where Node would find it. */
function found(name, from) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[path]) return path;
    if (folder === '') return undefined;
  }
}

const paths = new Set();
const waiting = [...Object.keys(read('package.json').dependencies), ...bundled].map((name) => [name, '']);
for (let next = waiting.pop(); next; next = waiting.pop()) {
  const path = found(...next);
  if (path === undefined || paths.has(path)) continue;
  paths.add(path);
  const { dependencies = {}, optionalDependencies = {} } = packages[path];
  // of Electron npm has the downloader, which is not shipped
  if (path === 'node_modules/electron') continue;
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) waiting.push([name, path]);
}

const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const list = [
  ...new Map(
    [...paths].map((path) => {
      const name = nameOf(path);
      const { version, license } = packages[path];
      return [`${name} ${version}`, { name, version, licence: license ?? known[name] ?? 'unknown' }];
    }),
  ).values(),
].sort((a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version));

const unknown = list.filter(({ licence }) => licence === 'unknown');
if (unknown.length > 0) {
  process.stderr.write(`no licence is known of ${unknown.map(({ name }) => name).join(', ')}\n`);
  process.exit(1);
}
const text = `${JSON.stringify(list, null, 2)}\n`;
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  process.stderr.write('the list of third parties is out of date: npm run licences\n');
  process.exit(1);
}
