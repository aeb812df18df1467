// Writes the linter's walls from the table of rooms: npm run walls. With --check it only says whether they are current.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lintRules } from './lint-rules.mjs';
import { readRooms } from './rooms.mjs';

const target = join(import.meta.dirname, 'lint-rules.generated.json');
const { overrides } = lintRules(readRooms());
// a line each, so that a change of the table is a short difference
const text = `{ "overrides": [\n${overrides.map((one) => JSON.stringify(one)).join(',\n')}\n] }\n`;
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  console.error('the walls are not those of test/walls/rooms.json: run `npm run walls`');
  process.exit(1);
}
