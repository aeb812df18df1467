// Packages the app over a stand-in for Electron's folder, which the registry does not have, and looks at what came out: the fuses, what is in
// the archive and what beside it, and whether the packaged command line works away from this project.
// usage: npm run test:package
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { extractAll, extractFile, getRawHeader, listPackage } from '@electron/asar';
import fuses from '@electron/fuses';
import { parse } from 'yaml';
import { FuseState, makeElectronFolder } from './stand-in.mjs';

const { FuseV1Options, getCurrentFuseWire } = fuses;
const project = resolve(import.meta.dirname, '../..');
const read = (name) => readFileSync(join(project, name), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'keel-package-'));
const complaints = [];
const complain = (words) => complaints.push(words);

try {
  const electron = join(folder, 'electron');
  makeElectronFolder(electron);
  execFileSync(
    join(project, 'node_modules/.bin/electron-builder'),
    ['--linux', '--dir', `-c.electronDist=${electron}`, `-c.directories.output=${join(folder, 'dist')}`],
    { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const app = join(folder, 'dist', 'linux-unpacked');
  const archive = join(app, 'resources', 'app.asar');
  await checkFuses(join(app, 'keel-desktop'));
  checkLocales(app);
  checkContents(archive);
  checkUnpacked(archive);
  checkRuns(archive);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const words of complaints) process.stderr.write(`${words}\n`);
process.stdout.write(complaints.length === 0 ? 'the package is as it should be\n' : '');
process.exitCode = complaints.length === 0 ? 0 : 1;

/** Every fuse that this Electron has is as electron-builder.yml says. */
async function checkFuses(program) {
  const wanted = parse(read('electron-builder.yml')).electronFuses;
  const wire = await getCurrentFuseWire(program);
  const names = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)));
  for (const name of names) {
    const setting = wanted[name[0].toLowerCase() + name.slice(1)];
    if (setting === undefined) complain(`electron-builder.yml says nothing of the fuse ${name}`);
    else if (wire[FuseV1Options[name]] !== (setting ? FuseState.ENABLE : FuseState.DISABLE))
      complain(`the fuse ${name} is not ${setting ? 'on' : 'off'}`);
  }
}

function checkLocales(app) {
  if (!existsSync(join(app, 'locales', 'en-US.pak'))) complain('the language en-US is missing');
  if (existsSync(join(app, 'locales', 'de.pak'))) complain('a language that nobody asked for is there');
}

/** The build, package.json, and packages that About lists, without what only developers need. */
function checkContents(archive) {
  const files = listPackage(archive).map((path) => path.replaceAll('\\', '/').slice(1));
  const shipped = new Set(
    JSON.parse(read('src-renderer/screens/settings/third-parties.json')).map(({ name }) => name),
  );
  const strangers = new Set();
  for (const file of files) {
    const [, name] = /^node_modules\/((?:@[^/]+\/)?[^/@]+)\//.exec(file) ?? [];
    if (name && !shipped.has(name)) strangers.add(`the package ${name}, which About does not list`);
    const [top] = file.split('/');
    if (!['out', 'node_modules', 'package.json'].includes(top)) strangers.add(file);
    if (/\.(?:map|[mc]?ts|md)$/.test(file) || /(?:^|\/)(?:tests?|__tests__)\//.test(file))
      strangers.add(file);
  }
  for (const stranger of strangers) complain(`the archive has ${stranger}`);
  const built = execFileSync('find', ['out', '-type', 'f'], { cwd: project, encoding: 'utf8' });
  for (const name of built.trim().split('\n'))
    if (!files.includes(name)) complain(`the archive lacks ${name}`);
}

/** What the system loads or starts itself cannot lie in an archive. */
function checkUnpacked(archive) {
  const { files } = JSON.parse(getRawHeader(archive).headerString);
  const visit = (entries, path) => {
    for (const [name, entry] of Object.entries(entries)) {
      const here = join(path, name);
      if (entry.files) visit(entry.files, here);
      else if (!entry.unpacked && !entry.link && isOfTheSystem(extractFile(archive, here)))
        complain(`${here} is in the archive, where the system cannot load it`);
    }
  };
  visit(files, '');
}

/** By its beginning: ELF, Mach-O (of one or several processors), or Windows' PE. */
function isOfTheSystem(content) {
  return /^(?:7f454c46|cffaedfe|cafebabe|4d5a)/.test(content.subarray(0, 4).toString('hex'));
}

/** The packaged command line with the packaged libraries, and nothing of this project near it. */
function checkRuns(archive) {
  const app = join(folder, 'app');
  extractAll(archive, app);
  if (existsSync(`${archive}.unpacked`))
    cpSync(`${archive}.unpacked`, app, { recursive: true, verbatimSymlinks: true });
  const env = { PATH: process.env.PATH, HOME: folder, KEEL_HOME: join(folder, 'home'), TMPDIR: folder };
  const [key, passphrase] = [join(folder, 'key'), join(folder, 'passphrase')];
  writeFileSync(key, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  writeFileSync(passphrase, 'unfounded viper clay jogger abide\n', { mode: 0o600 });
  // a kit is made by reading its own code, with a library that loads its code from a file
  const kit = ['--format', 'paper', '--out', join(folder, 'kit.pdf'), '--passphrase-file', passphrase];
  for (const args of [['--version'], ['demo'], ['backup', 'create', '--key-file', key, ...kit]]) {
    const { status, stderr } = spawnSync(process.execPath, [join(app, 'out/main/cli.js'), ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    if (status !== 0) complain(`the packaged keel ${args.join(' ')} ended with ${status}: ${stderr}`);
  }
}
