import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keel } from '../keel.mjs';
import { interleave, measure } from '../measure.mjs';
import { played } from '../played.mjs';

/** CPU of commands that need no database, beside bare Node’s; and the window in its host. */
export async function start({ server: { folder }, keys, rounds }) {
  const commands = [
    ['--help'],
    ['key', 'inspect', '--key-file', keys.fromFile],
    ['key', 'list'],
    ['env', 'list'],
    ['audit', 'show'],
    ['rotate', '--help'],
  ];
  const samples = await interleave(3 * rounds, {
    ...Object.fromEntries(
      commands.map((args) => [`keel ${args.slice(0, 2).join(' ')}`, () => keel(folder, args)]),
    ),
    node: () => bareNode(join(folder, 'use')),
  });
  return [
    ...Object.entries(samples).map(([name, of]) =>
      measure(
        `${name}: CPU`,
        'ms',
        of.map(({ cpu }) => cpu * 1000),
        name === 'node' ? {} : { goal: 150 },
      ),
    ),
    ...(await window(folder)),
  ];
}

function bareNode(use) {
  const processUse = join(import.meta.dirname, '..', 'process-use.mjs');
  execFileSync(process.execPath, ['--import', processUse, '-e', '0'], {
    env: { ...process.env, KEEL_BENCH_USE: use },
  });
  return readFile(use, 'utf8').then((text) => ({ cpu: JSON.parse(text).cpuMs / 1000 }));
}

async function window(folder) {
  const figures = await played(folder, 'window.bench.ts');
  if (!figures) return [];
  const { firstScreen, kilobytes } = figures;
  return [
    measure('window: first screen interactive after its page began to load', 'ms', firstScreen, {
      goal: 500,
    }),
    measure('window: JavaScript of the page at start, gzipped', 'kB', [kilobytes], { goal: 350 }),
  ];
}
