import type { ColumnFacts, ColumnKind, TableFacts } from './table-facts.ts';
import { inSnakeCase, type KeyColumns } from './column-roles.ts';
import { readMoment } from './moments.ts';

/**
 * What one cell says of a key: nothing against it, that it is over, when it ends, or something that Keel does not understand. `unclear`
 * is never taken for active.
 */
export type StateSign = 'holds' | 'over' | { readonly ends: Date } | { readonly unclear: string };

/** How a column speaks of the state of a key, by its name. */
type Sense =
  /** Set, it speaks against the key: `revoked`, `deleted_at`. */
  | 'against'
  /** Anything in it speaks against the key: `revoked_by`, `revocation_reason`. */
  | 'trace'
  /** Set, it speaks for the key: `is_active`. */
  | 'for'
  /** Set, it speaks for the key; not set, the key may still be waiting: `approved_at`. */
  | 'granted'
  | 'state'
  | 'expiry'
  | 'start'
  /** From when it counts, and in which unit, no cell says: `ttl`. */
  | 'lifetime'
  | 'left'
  /** So often it may be used; how often it was, another column may say: `max_uses`. */
  | 'limit'
  /** Set, it says something that only the application can read: `flags`. */
  | 'mark'
  /** A time of something that Keel does not know: `sunset_at`. */
  | 'moment';

/** A column that says something of the state of each key. */
export interface StateColumn {
  readonly column: ColumnFacts;
  readonly sense: Sense | 'json';
}

const overWords =
  'revoked|disabled|inactive|deactivated|blocked|banned|deleted|suspended|archived|removed|retired|withdrawn|cancell?ed|invalid|invalidated|compromised|leaked|terminated|locked|frozen|closed|ended|replaced|superseded|destroyed|purged|trashed|voided|paused|killed|denied|rejected|quarantined|stopped|obsolete|dead|expired';
const against = new RegExp(`(^|_)(${overWords})(_|$)`);
const trace = new RegExp(
  `(^|_)(${overWords}|revoke|disable|delete|block|ban|suspend|archive|remove|revocation|deletion|suspension|deactivation|cancellation|expiry)_(by|reasons?|comment|note|user|actor|cause|from|ip|key)(_|$)`,
);
const senses: readonly (readonly [RegExp, Sense])[] = [
  [
    /(^|_)(ttl|lifetime|lifespan|max_age|valid_for|expires?_in|duration)(_|$)|(expir\w*|validity|retention)_(in_)?(days|hours|minutes|seconds|secs|months|ms|millis|period)$/,
    'lifetime',
  ],
  [
    /^(not_before|nbf)$|(^|_)(valid|active|enabled|effective|usable)_(from|since|after)(_|$)|^(starts?|begins?|activates?)(_(at|on|time|date))?$/,
    'start',
  ],
  [trace, 'trace'],
  [/(^|_)expired$/, 'against'],
  [
    /expir|^(not_after|exp)$|(^|_)(valid|active|enabled|good|usable)_(until|till|to|thru|through|before)(_|$)|^(ends?|until|end_of_life)(_(at|on|time|date))?$/,
    'expiry',
  ],
  [against, 'against'],
  [/(^|_)(approved|confirmed|verified|activated|allowed|accepted)(_|$)/, 'granted'],
  [/(^|_)(active|enabled?|valid|live|usable)(_|$)/, 'for'],
  [/(^|_)(status|state|lifecycle|phase|standing|validity)(_|$)/, 'state'],
  [/(^|_)(remaining|uses_left|left)(_|$)/, 'left'],
  [/(^|_)(max|maximum)_(uses|usages?)$|(^|_)(uses?|usages?)_(limit|max)$/, 'limit'],
  [/(^|_)(flags?|flagged|bitmask)$/, 'mark'],
];
/** About a sign, and none itself: when it was last changed, or whom it was sent to. */
const beside =
  /^(first|last|latest|next|previous)_|(^|_)(notif\w*|warn\w*|remind\w*|alert\w*|e?mail\w*|sent|color|colour|message|label|policy)(_|$)/;
/** Times that every row may have. */
const harmlessTime =
  /creat|insert|issu|generat|updat|modif|chang|edit|import|regist|sync|refresh|access|(^|_)(added|saved|used|seen|viewed|shown|checked|copied|granted|touched)(_|$)|^(ts|timestamp|date|time|ctime|mtime|atime)$/;

/** The columns of a table that speak of the state of its keys: those of the mapping, and all others that do by their names. */
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
    const sense = senseOf(column.name, column.kind);
    if (column === columns.active)
      return [{ column, sense: sense ?? (column.kind === 'time' ? 'against' : 'for') }];
    if (column === columns.expires) return [{ column, sense: 'expiry' }];
    if (sense) return [{ column, sense }];
    return /^jsonb?$/.test(column.type) ? [{ column, sense: 'json' }] : [];
  });
  const countsDown = found.some(({ sense }) => sense === 'left');
  return found.filter(({ sense }) => sense !== 'limit' || !countsDown);
}

const ofTheWholeRow = new RegExp(
  `^((${overWords})(_(at|on|date|time))?|active|enabled?|valid|live|usable|status|state)$`,
);

/** Columns of a row that keys refer to, a user's or an organisation's, which say that it is out of use as a whole. */
export function stateColumnsOfOwner({ columns }: TableFacts): StateColumn[] {
  return columns.flatMap((column): StateColumn[] => {
    const words = inSnakeCase(column.name).replace(/^(is|has|was|user|account)_/, '');
    const sense = ofTheWholeRow.test(words) ? senseOf(column.name, column.kind) : undefined;
    return sense ? [{ column, sense }] : [];
  });
}

/** Whether a table is one of keys that are out of use, by its name. */
export function listsRevoked({ table }: Pick<TableFacts, 'table'>): boolean {
  return listWords.test(inSnakeCase(table));
}

const listWords = new RegExp(
  `(^|_)(${overWords}|revocations?|(black|block|deny|ban)_?list|blocks|bans)(_|$)`,
);

function senseOf(name: string, kind: ColumnKind): Sense | undefined {
  const words = inSnakeCase(name).replace(/^(is|has|was|key|api_key|token)_/, '');
  if (beside.test(words)) return undefined;
  const [, sense] = senses.find(([sign]) => sign.test(words)) ?? [];
  if (sense) return sense;
  return kind === 'time' && !harmlessTime.test(words) ? 'moment' : undefined;
}

/** The longest text of a cell that is read for this. */
const longestCell = 4_000;

/** The SQL of what `signOf` takes of a cell (quoted): its text, of a time its seconds since 1970, and no more of it than shows that it is too long. */
export function signText(cell: string, kind: ColumnKind): string {
  return kind === 'time' ? `extract(epoch FROM ${cell})::text` : `left(${cell}::text, ${longestCell + 1})`;
}

/** What a cell says at `now`: `text` is as `signText` reads it. */
export function signOf(
  { column: { name, kind }, sense }: StateColumn,
  text: string | null,
  now: Date,
): StateSign[] {
  if (text !== null && text.length > longestCell) return [{ unclear: `${name} is too long to read` }];
  if (sense !== 'json') return [judge(sense, { name, kind, text }, now)];
  if (text === null) return [];
  try {
    return inJson(name, JSON.parse(text), now);
  } catch {
    return [{ unclear: `${name} is not readable JSON` }];
  }
}

/** Fields of an object are judged by their names, as columns are. */
function inJson(path: string, value: unknown, now: Date): StateSign[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([field, inner]): StateSign[] => {
    const name = `${path}.${field}`;
    const sense = senseOf(field, 'other');
    if (typeof inner === 'object' && inner !== null) {
      return sense ? [{ unclear: `${name} is not a plain value` }] : inJson(name, inner, now);
    }
    if (!sense) return [];
    const kind = typeof inner === 'boolean' ? 'boolean' : typeof inner === 'number' ? 'number' : 'text';
    return [judge(sense, { name, kind, text: inner === null ? null : String(inner) }, now)];
  });
}

interface Cell {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly text: string | null;
}

const yes = /^(t|true|y|yes|on|1)$/i;
const no = /^(f|false|n|no|off|0)$/i;
const inUse = /^(active|enabled|valid|live|ok|current|usable|in[ _-]?use)$/i;
const over = new RegExp(`^(${overWords})$`, 'i');

function judge(sense: Sense, cell: Cell, now: Date): StateSign {
  const { kind, name } = cell;
  const text = cell.text?.trim() === '' ? null : (cell.text?.trim() ?? null);
  const unclear: StateSign = { unclear: `${name} is ${text === null ? 'empty' : shortened(text)}` };
  const at = text === null ? undefined : readMoment(text, kind);
  const isPast = at !== undefined && at <= now;
  if (sense === 'trace') return text === null ? 'holds' : 'over';
  if (sense === 'against') {
    if (text === null || no.test(text)) return 'holds';
    if (yes.test(text) || over.test(text)) return 'over';
    if (at === undefined) return unclear;
    // whether it counts before its time, only the application knows
    return isPast ? 'over' : unclear;
  }
  if (sense === 'for') {
    if (text !== null && (yes.test(text) || inUse.test(text))) return 'holds';
    if (text === null ? kind === 'boolean' : no.test(text) || over.test(text)) return 'over';
    return isPast && kind === 'time' ? 'holds' : unclear;
  }
  if (sense === 'granted') return (text !== null && yes.test(text)) || isPast ? 'holds' : unclear;
  if (sense === 'state') {
    if (text !== null && kind !== 'number' && inUse.test(text)) return 'holds';
    return text !== null && over.test(text) ? 'over' : unclear;
  }
  if (sense === 'expiry') {
    if (text === null || kind === 'boolean' || /^(never|none|infinity)$/i.test(text)) return 'holds';
    if (/^-infinity$/i.test(text)) return { ends: new Date(0) };
    return at === undefined ? unclear : { ends: at };
  }
  if (sense === 'start') return text === null || isPast ? 'holds' : unclear;
  if (sense === 'left') return text === null || (kind === 'number' && Number(text) > 0) ? 'holds' : unclear;
  if (sense === 'mark') return text === null || no.test(text) || /^0+$/.test(text) ? 'holds' : unclear;
  return text === null ? 'holds' : unclear;
}

function shortened(text: string): string {
  const clean = text.replace(/\p{C}/gu, '\u{fffd}');
  return clean.length > 40 ? `${clean.slice(0, 39)}…` : clean;
}
