// What became of the rows: read by another program's cipher, and compared with what each outcome would have made of them.
import { open } from '../bed/cipher.mjs';
import { missing, opened, readSealed } from '../bed/rows.mjs';

/**
 * Which of the outcomes the database is in, whole; undefined for none. `lost` are the places whose value no key of the case opens to
 * what may be there. `written` is what others wrote meanwhile, under either key.
 */
export async function judgeRows(lane, facts, outcomes, written = new Map(), database = 'ballast') {
  const cells = await lane.withClient(readSealed, database);
  const expected = outcomes.map((outcome) => ({ ...outcome, lines: rewritten(outcome.lines, written) }));
  const found = expected.find((outcome) => isWhole(cells, outcome, facts.keys, written));
  const acceptable = new Set(expected.flatMap(({ lines }) => lines));
  const lost = cells.filter(({ place, sealed }) =>
    sealed === null
      ? !acceptable.has(`${place}: NULL`)
      : !Object.values(facts.keys).some((key) => acceptable.has(`${place}: ${open(key, sealed)}`)),
  );
  const gone = expected.map(({ lines }) => lines.length - cells.length).reduce((a, b) => Math.min(a, b));
  return {
    outcome: found,
    checked: cells.length,
    lost: [...lost.map(({ place }) => place), ...Array(Math.max(0, gone)).fill('a row that is gone')],
  };
}

const placeOf = (line) => line.slice(0, line.indexOf(': '));

function rewritten(lines, written) {
  if (written.size === 0) return lines;
  return lines
    .map((line) => (written.has(placeOf(line)) ? `${placeOf(line)}: ${written.get(placeOf(line))}` : line))
    .sort();
}

/** Each value under the one key, but for those that are said to be under another one. */
function isWhole(cells, { key, under, lines }, keys, written) {
  const groups = new Map([[key, []]]);
  for (const cell of cells) {
    const exception = Object.entries(under).find(([, places]) => places.includes(cell.place));
    const name = written.has(cell.place) ? opener(cell, keys, lines) : (exception?.[0] ?? key);
    groups.set(name, [...(groups.get(name) ?? []), cell]);
  }
  if (groups.has(undefined)) return false;
  const all = [...groups].flatMap(([name, some]) => opened(some, keys[name]));
  return all.length === lines.length && missing(lines, all).length === 0;
}

const opener = ({ place, sealed }, keys, lines) =>
  Object.keys(keys).find((name) => lines.includes(`${place}: ${open(keys[name], sealed)}`));
