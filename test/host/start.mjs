// `npm start`: the app in Electron, or, where its binary cannot be had, in an installed Chromium.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { register } from 'node:module';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const electron = join(root, 'node_modules/electron');
const pathFile = join(electron, 'path.txt');
/** Electron's downloader is written for it. */
const neededByDownloader = [22, 12];

const why = existsSync(pathFile) ? undefined : download();
if (why === undefined) startElectron();
else await startInChromium(why);

/** Undefined if the binary is there now, else why it is not. */
function download() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [neededMajor, neededMinor] = neededByDownloader;
  if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
    return `its downloader needs Node ${neededByDownloader.join('.')}`;
  }
  const { status } = spawnSync(process.execPath, [join(electron, 'install.js')], {
    stdio: 'ignore',
    timeout: 300_000,
  });
  return status === 0 && existsSync(pathFile) ? undefined : 'it could not be downloaded';
}

function startElectron() {
  const binary = join(electron, 'dist', readFileSync(pathFile, 'utf8'));
  const app = spawn(binary, [root, ...process.argv.slice(2)], { stdio: 'inherit' });
  app.once('exit', (code) => process.exit(code ?? 1));
}

async function startInChromium(reason) {
  register('./module-hooks.mjs', import.meta.url);
  const { openInChromium } = await import('./open-in-chromium.ts');
  await openInChromium(reason);
}
