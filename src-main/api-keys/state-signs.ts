import type { KeyColumns } from './column-roles.ts';
import { readMoment } from './moments.ts';
import { saysInUse, saysOver, type Sense, senseOf, senseOfOwner } from './state-words.ts';
import { arrayElements, documentOf, hstorePairs, rangeOf } from './structured-cells.ts';
import type { ColumnFacts, ColumnKind, TableFacts } from './table-facts.ts';

/**
 * What one cell says of a key: nothing against it, that it is over, when it ends, or something that Keel does not understand. `unclear`
 * is never taken for active.
 */
export type StateSign = 'holds' | 'over' | { readonly ends: Date } | { readonly unclear: string };

/** A column that says something of the state of each key, or may. */
export interface StateColumn {
  readonly column: ColumnFacts;
  readonly sense: Sense;
}

/**
 * The columns of a table that can speak of the state of its keys: those of the mapping that do, and every other one. Those whose names say
 * nothing of a state are read for what they contain.
 */
export function stateColumns({
  facts,
  columns,
}: {
  readonly facts: TableFacts;
  readonly columns: KeyColumns;
}): StateColumn[] {
  const known = [
    columns.hash,
    columns.name,
    columns.prefix,
    columns.scope,
    columns.created,
    columns.lastUsed,
  ];
  const found = facts.columns.flatMap((column): StateColumn[] => {
    if (known.includes(column) || facts.identity.includes(column)) return [];
    const sense = senseOfColumn(column);
    if (column === columns.active)
      return [{ column, sense: isOpen(sense) ? (column.kind === 'time' ? 'against' : 'for') : sense }];
    if (column === columns.expires) return [{ column, sense: 'expiry' }];
    // what may not be read, and says nothing of a state by its name, is no doubt
    return sense === 'content' && (!column.mayRead || !mayContain(column)) ? [] : [{ column, sense }];
  });
  const countsDown = found.some(({ sense }) => sense === 'left');
  return found.filter(({ sense }) => sense !== 'limit' || !countsDown);
}

function senseOfColumn({ name, kind, type, refers }: ColumnFacts): Sense {
  const sense = senseOf(name, kind);
  if (sense !== 'unknown') return sense;
  // a row of another table may say what it likes: `state-elsewhere.ts` reads it
  if (refers) return 'content';
  // fields are judged by their names
  return /^jsonb?$|(^|\.)hstore$/.test(type) ? 'content' : sense;
}

function isOpen(sense: Sense): boolean {
  return sense === 'content' || sense === 'unknown';
}

/** Whether a cell of this type can contain a word. */
function mayContain({ kind, type }: ColumnFacts): boolean {
  return kind === 'text' || /^jsonb?$|hstore$|(text|character varying|character|citext)[^.]*\[\]$/.test(type);
}

/** Columns of a row that keys refer to, a user's or an organisation's, which say that it is out of use as a whole. */
export function stateColumnsOfOwner({ columns }: TableFacts): StateColumn[] {
  return columns.flatMap((column): StateColumn[] => {
    const sense = senseOfOwner(column.name, column.kind);
    return sense && !isOpen(sense) ? [{ column, sense }] : [];
  });
}

/** The longest text of a cell that is read for this. */
const longestCell = 4_000;

/** The SQL of what `signOf` takes of a cell (quoted): its text, of a time its seconds since 1970, and no more of it than shows that it is too long. */
export function signText(cell: string, kind: ColumnKind): string {
  return kind === 'time' ? `extract(epoch FROM ${cell})::text` : `left(${cell}::text, ${longestCell + 1})`;
}

/** What a cell says at `now`: `text` is as `signText` reads it. */
export function signOf(
  { column: { name, kind, type }, sense }: StateColumn,
  text: string | null,
  now: Date,
): StateSign[] {
  const isDocument =
    /^jsonb?$|(^|\.)hstore$|\[\]$/.test(type) || (kind === 'text' && /^\s*[[{]/.test(text ?? ''));
  if (text !== null && text.length > longestCell) {
    return sense === 'content' && !isDocument ? [] : [{ unclear: `${name} is too long to read` }];
  }
  if (/^(ts|tstz|date)range$/.test(type)) return [ofRange(name, sense, text, now)];
  if (text !== null && isDocument && (sense === 'content' || sense === 'unknown' || kind === 'other'))
    return inDocument(name, type, sense, text, now);
  if (sense !== 'content') return [judge(sense, { name, kind, text }, now)];
  return text !== null && saysOver(text) ? [{ unclear: `${name} is ${shortened(text)}` }] : [];
}

/** JSON, an hstore or an array. Of a column whose name is one of a state, the whole is something that Keel does not understand. */
function inDocument(name: string, type: string, sense: Sense, text: string, now: Date): StateSign[] {
  if (/(^|\.)hstore$/.test(type))
    return hstorePairs(text).flatMap(([field, value]) => inField(name, field, value, now));
  const isArray = type.endsWith('[]');
  const value = isArray ? arrayElements(text) : documentOf(text);
  if (value === undefined) {
    // text may begin as JSON does and be for people
    return /^jsonb?$/.test(type) || sense === 'unknown'
      ? [{ unclear: `${name} is no JSON that can be read` }]
      : [];
  }
  const isEmpty = value === null || (Array.isArray(value) && value.length === 0);
  if (sense !== 'content' && !(sense === 'unknown' && !isArray))
    return isEmpty ? ['holds'] : [{ unclear: `${name} is ${shortened(text)}` }];
  return inJson(name, value, now);
}

/** Fields of an object are judged by their names, as columns are, and what is in a list by what it is. */
function inJson(path: string, value: unknown, now: Date): StateSign[] {
  if (typeof value === 'string') return inWord(path, value, now);
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((inner) => inJson(path, inner, now));
  return Object.entries(value).flatMap(([field, inner]) => inField(path, field, inner, now));
}

function inField(path: string, field: string, inner: unknown, now: Date): StateSign[] {
  const name = `${path}.${field}`;
  const kind = typeof inner === 'boolean' ? 'boolean' : typeof inner === 'number' ? 'number' : 'text';
  const text = typeof inner === 'string' ? inner : isScalar(inner) ? String(inner) : null;
  // of a text that could be anything, its name does not decide
  const sense = senseOf(field, text !== null && (yes.test(text) || no.test(text)) ? 'boolean' : kind);
  if (typeof inner === 'object' && inner !== null) {
    return isOpen(sense) ? inJson(name, inner, now) : [{ unclear: `${name} is no plain value` }];
  }
  if (sense === 'content') return text === null ? [] : inWord(name, text, now);
  if (sense !== 'unknown') return [judge(sense, { name, kind, text }, now)];
  const speaks = kind === 'boolean' || (text !== null && readMoment(text, kind) !== undefined);
  return speaks ? [{ unclear: `${name} is ${shortened(text ?? '')}` }] : inWord(name, text ?? '', now);
}

function isScalar(value: unknown): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

/** A word without a name of its own, or one with both: `revoked`, `status=revoked`. */
function inWord(path: string, text: string, now: Date): StateSign[] {
  if (saysOver(text)) return [{ unclear: `${path} has ${shortened(text)}` }];
  const [, field, value] = /^([\w-]{1,40}) ?[=:] ?([^/]{1,80})$/.exec(text) ?? [];
  if (field !== undefined && value !== undefined) return inField(path, field, value, now);
  const inner = /^\s*[[{]/.test(text) ? documentOf(text) : undefined;
  return typeof inner === 'object' ? inJson(path, inner, now) : [];
}

/** A period: of a key's life, unless its name says that it is one of an end. */
function ofRange(name: string, sense: Sense, text: string | null, now: Date): StateSign {
  if (text === null) return 'holds';
  const range = rangeOf(text);
  const speaksFor = sense === 'unknown' || sense === 'expiry' || sense === 'for' || sense === 'state';
  if (!speaksFor || !range || (range.from && range.from > now))
    return { unclear: `${name} is ${shortened(text)}` };
  return range.until ? { ends: range.until } : 'holds';
}

interface Cell {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly text: string | null;
}

const yes = /^(t|true|y|yes|on|1)$/i;
const no = /^(f|false|n|no|off|0)$/i;

function judge(sense: Sense, cell: Cell, now: Date): StateSign {
  const { kind, name } = cell;
  const text = cell.text?.trim() === '' ? null : (cell.text?.trim() ?? null);
  const unclear: StateSign = { unclear: `${name} is ${text === null ? 'empty' : shortened(text)}` };
  const at = text === null ? undefined : readMoment(text, kind);
  const isPast = at !== undefined && at <= now;
  if (sense === 'trace') return text === null ? 'holds' : 'over';
  if (sense === 'against') {
    if (text === null || no.test(text)) return 'holds';
    if (yes.test(text) || saysOver(text)) return 'over';
    if (at === undefined) return unclear;
    // whether it counts before its time, only the application knows
    return isPast ? 'over' : unclear;
  }
  if (sense === 'for') {
    if (text !== null && (yes.test(text) || saysInUse(text))) return 'holds';
    if (text === null ? kind === 'boolean' : no.test(text) || saysOver(text)) return 'over';
    return isPast && kind === 'time' ? 'holds' : unclear;
  }
  if (sense === 'granted') return (text !== null && yes.test(text)) || isPast ? 'holds' : unclear;
  if (sense === 'state') {
    if (text !== null && kind !== 'number' && saysInUse(text)) return 'holds';
    return text !== null && saysOver(text) ? 'over' : unclear;
  }
  if (sense === 'expiry') {
    if (text === null || kind === 'boolean' || /^(never|none|infinity)$/i.test(text)) return 'holds';
    if (/^-infinity$/i.test(text)) return { ends: new Date(0) };
    return at === undefined ? unclear : { ends: at };
  }
  // the beginning of a key is a text too
  if (sense === 'start') {
    const isWord = kind === 'text' && at === undefined && name.toLowerCase() === 'start';
    return text === null || isPast || isWord ? 'holds' : unclear;
  }
  if (sense === 'left') return text === null || (kind === 'number' && Number(text) > 0) ? 'holds' : unclear;
  if (sense === 'mark') return text === null || no.test(text) || /^0+$/.test(text) ? 'holds' : unclear;
  // a flag that is neither may be one that has to be set
  return text === null && kind !== 'boolean' ? 'holds' : unclear;
}

function shortened(text: string): string {
  const clean = text.replace(/\p{C}/gu, '\u{fffd}');
  return clean.length > 40 ? `${clean.slice(0, 39)}…` : clean;
}
