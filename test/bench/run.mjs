// Measures Keel against what it rests on and against what others do, side by side in one run. Nothing here fails by being slow.
// usage: npm run bench -- [--only NAME[,NAME]] [--rows N] [--rounds N] [--full] [--json] [--write]
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { builtParts } from './built-parts.mjs';
import { keysIn } from './keel.mjs';
import { machine } from './measure.mjs';
import { plots } from './plots.mjs';
import { asMarkdown, asSummary, asText } from './report.mjs';
import { withServer } from './server.mjs';
import { apiKeys } from './suites/api-keys.mjs';
import { applicationsSuite } from './suites/applications.mjs';
import { archive } from './suites/archive.mjs';
import { census } from './suites/census.mjs';
import { cipher } from './suites/cipher.mjs';
import { growth } from './suites/growth.mjs';
import { slowLinks } from './suites/links.mjs';
import { lists } from './suites/lists.mjs';
import { otherTools } from './suites/peers.mjs';
import { rotation } from './suites/rotation.mjs';
import { start } from './suites/start.mjs';

const known = {
  start,
  cipher,
  rotation,
  peers: otherTools,
  links: slowLinks,
  growth,
  census,
  archive,
  'api-keys': apiKeys,
  applications: applicationsSuite,
  lists,
};
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rows: { type: 'string', default: '300000' },
    rounds: { type: 'string', default: '3' },
    // 3 M rows and 1,000 hashes too
    full: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    // into docs/bench and the README, where the suites that ran replace what stood there
    write: { type: 'boolean', default: false },
  },
});
const chosen = values.only?.split(',') ?? Object.keys(known);
const unknown = chosen.filter((name) => !Object.hasOwn(known, name));
if (unknown.length > 0) {
  console.error(`no such measurement: ${unknown.join(', ')}; there are ${Object.keys(known).join(', ')}`);
  process.exit(2);
}
const options = { rows: Number(values.rows), rounds: Number(values.rounds), full: values.full };
const results = { at: new Date().toISOString(), machine: machine(), options, suites: [] };

for (const name of chosen) {
  // each with a server of its own: what goes wrong in one is told, and leaves the others as they are
  try {
    await withServer(async (server) => {
      const keys = await keysIn(server.folder, randomBytes(32), randomBytes(32));
      const measures = await known[name]({ ...options, server, keys });
      results.suites.push({ name, measures });
      process.stderr.write(`${asText(name, measures)}\n`);
    });
  } catch (error) {
    process.stderr.write(`${name} was not measured: ${error.stack}\n`);
    process.exitCode = 1;
  }
}
await rm(builtParts, { recursive: true, force: true });

if (values.json) console.log(JSON.stringify(results));
if (values.write) await write(join(import.meta.dirname, '../../docs/bench'));

async function write(folder) {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'results.json');
  const before = JSON.parse(await readFile(file, 'utf8').catch(() => '{"suites":[]}'));
  const measured = results.suites.map(({ name }) => name);
  const kept = before.suites.filter(({ name }) => !measured.includes(name));
  // parts may be measured on another day, on another machine
  const { at } = results;
  const of = results.suites.map((suite) => ({ ...suite, at, machine: results.machine, options }));
  const order = Object.keys(known);
  const suites = [...kept, ...of].toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  await writeFile(file, `${JSON.stringify({ suites }, undefined, 2)}\n`);
  const drawn = plots(suites);
  for (const [name, svg] of Object.entries(drawn)) await writeFile(join(folder, name), svg);
  await writeFile(join(folder, 'README.md'), asMarkdown(suites, Object.keys(drawn)));
  const readme = join(folder, '../../README.md');
  const text = await readFile(readme, 'utf8');
  const summary = asSummary(suites, Object.keys(drawn)[0]);
  await writeFile(
    readme,
    text.replace(/(<!-- bench -->\n)[^]*(<!-- \/bench -->)/, (_, begin, end) => `${begin}${summary}${end}`),
  );
}
