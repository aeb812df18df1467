import { columnPath } from '#shared/column-path';
import { counted, formatCount } from '#shared/counted';
import { layersInWords } from '#shared/within-text';
import type { Census, CensusPlace, NestedPlace } from '#census/census-result';
import type { Terminal } from '#commands/terminal';
import { textTable } from '#commands/text-table';
import { visible } from '#shared/visible-text';

/** A census as JSON: what was found, what was not read, and how much was examined. */
export function censusJson({
  keys,
  opened,
  places,
  possible = [],
  unread,
  undecided,
  tables,
  cells,
  bytes,
  scope,
  beganAt,
  endedAt,
}: Census): Record<string, unknown> {
  return {
    keys,
    opened,
    places: places.map(({ proposal, ...place }) => ({ ...place, ...(proposal && { proposal }) })),
    possible: possible.map(({ isPossible: _, ...place }) => place),
    unread,
    ...(undecided && { undecided: undecided.places, unsampled: undecided.skipped }),
    tables,
    cells,
    bytes,
    scope,
    beganAt,
    endedAt,
  };
}

/** What was found, what was not read, and the scope of both. */
export function sayCensus(census: Census, hasInventory: boolean, terminal: Terminal): void {
  const { places, unread } = census;
  const listed = places.filter(({ inInventory }) => inInventory);
  const others = places.filter(({ inInventory }) => !inInventory);
  if (listed.length > 0) {
    terminal.say('In the inventory:\n');
    terminal.say(placeTable(listed, terminal));
  }
  if (others.length > 0) {
    const title = hasInventory ? 'Encrypted with a key, but not in the inventory:' : 'Encrypted with a key:';
    terminal.say(terminal.paint('warning', `${listed.length > 0 ? '\n' : ''}${title}\n`));
    terminal.say(placeTable(others, terminal));
  }
  if (unread.length > 0) {
    terminal.say(terminal.paint('warning', '\nNot read:'));
    for (const place of unread) terminal.say(`  ${unreadName(place)}: ${visible(place.reason)}`);
  }
  sayUndecided(census, terminal);
  terminal.say(
    `\n${terminal.paint(others.length + unread.length > 0 ? 'warning' : 'good', scopeOf(census))}`,
  );
  terminal.say(census.scope);
}

/** What may be encrypted with a key, and what looks encrypted and is encrypted with no key that was tried, as far as a sample shows. */
export function sayUndecided({ possible = [], undecided }: Census, terminal: Terminal): void {
  if (possible.length > 0) {
    terminal.say(
      terminal.paint('warning', '\nPossibly encrypted with a key, with too little text to tell:\n'),
    );
    terminal.say(placeTable(possible, terminal));
  }
  if (!undecided || undecided.places.length === 0) return;
  terminal.say(terminal.paint('warning', '\nUndetermined, from a sample of each table:'));
  for (const place of undecided.places) terminal.say(`  ${visible(columnPath(place))}: ${place.why}`);
}

/** The census without what the inventory covers: rows that a rotation wrote, or stragglers that are told by themselves. */
export function withoutListed(census: Census): Census {
  return { ...census, places: census.places.filter(({ inInventory }) => !inInventory) };
}

/** How much was read. */
export function readScope({ tables, cells, bytes }: Census): string {
  return `${formatCount(cells)} cells of ${counted(tables, 'table')} read (${size(bytes)})`;
}

/** One sentence that says how much was examined, and no more. */
function scopeOf(census: Census): string {
  const { places, unread, keys, opened } = census;
  const others = places.filter(({ inInventory }) => !inInventory).length;
  const read = readScope(census);
  const rest = unread.length > 0 ? `, ${counted(unread.length, 'place')} not read` : ', 0 places not read';
  const under = `encrypted with ${keys.length === 1 ? `key ${keys[0]}` : `any of ${keys.length} keys`}`;
  const within =
    opened.length > keys.length
      ? ` Values encrypted with ${counted(opened.length, 'key')} were decrypted to scan what is inside them.`
      : '';
  if (others > 0)
    return `${read}${rest}: ${counted(others, 'place')} outside the inventory ${others === 1 ? 'contains' : 'contain'} values ${under}.${within}`;
  return `${read}${rest}: no value ${under} was found in them outside the inventory, as far as a census can tell.${within}`;
}

function placeTable(places: readonly CensusPlace[], terminal: Terminal): string {
  const titles = ['place', 'values', 'key', 'format', 'rows'];
  return textTable(
    titles.map((title) => ({ title })),
    places.map((place) => [
      visible(columnPath(place)),
      `${formatCount(place.values)}${place.isPossible ? ' (possible)' : place.certain ? '' : ' (likely)'}`,
      place.key,
      place.nested ? nestedForm(place.nested) : (place.form ?? 'unknown'),
      place.rows.slice(0, 3).map(visible).join(', '),
    ]),
    terminal.paint,
  );
}

/** Where values are that are encrypted once more within others. */
function nestedForm({ depth }: NestedPlace): string {
  return `inside its decrypted values${layersInWords(depth)}`;
}

function unreadName({ schema, table, column }: { schema?: string; table?: string; column?: string }): string {
  const name = [schema, table, column].filter((part) => part !== undefined).join('.');
  return visible(name === '' ? 'the database' : name);
}

function size(bytes: number): string {
  if (bytes < 1 << 20) return `${formatCount(Math.ceil(bytes / 1024))} KiB`;
  return `${formatCount(Math.round(bytes / (1 << 20)))} MiB`;
}
