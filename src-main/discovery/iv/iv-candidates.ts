import { fixedIvNames, type EncryptedColumn } from '#contract/inventory';
import type { KeyIv } from '#forms/ciphertext';
import { fixedIvs } from '#forms/entry';
import { sharedSteps } from '#forms/row-values';
import { defaultLayout, formatLayout } from '#forms/layout';
import type { Template } from '#forms/template';
import { ivEncodings, ivReadings, readIv } from './iv-readings.ts';
import { ivEncodings as stretchEncodings } from './iv-stretches.ts';
import { pathOf, type SampledText, type TextGroup } from '#discovery/texts';

/** A place outside of a text that may hold its IV. */
export interface IvCandidate {
  readonly iv: NonNullable<EncryptedColumn['iv']>;
  /** For each text of the group in question. */
  readonly values: readonly (Uint8Array | KeyIv | undefined)[];
  /** Where it is, if it is in the row. */
  readonly group?: TextGroup;
}

/**
 * Places that hold 16 bytes beside most texts of a group that matter: other columns, other leaves; and IVs that all values share.
 * `matters`: texts that are known to be encrypted with the key, where any are.
 */
export function ivCandidates(
  group: TextGroup,
  groups: readonly TextGroup[],
  matters: (text: string) => boolean = () => true,
): IvCandidate[] {
  const candidates: IvCandidate[] = [];
  // a place that holds an IV and nothing else comes before a text with an IV in it
  const within: IvCandidate[] = [];
  for (const other of groups) {
    if (other === group) continue;
    const beside = pairNumbers(group, other);
    for (const encoding of ivEncodings) {
      const values = ivsOf(other, beside, encoding);
      if (!isMost(values.filter((_, i) => matters((group.texts[i] as SampledText).text)))) continue;
      const template = [{ span: { encoding, parts: ['iv'] } }] as const;
      candidates.push({ iv: describe(group, other, template), values, group: other });
    }
    if (!holds(other, group)) within.push(...ivsWithinTexts(group, other, beside, matters));
  }
  for (const fixed of fixedIvNames) {
    candidates.push({ iv: { fixed }, values: group.texts.map(() => fixedIvs[fixed]) });
  }
  return [...candidates, ...within];
}

/** The texts of these numbers as IVs, in their order. */
function ivsOf(
  place: TextGroup,
  numbers: readonly (number | undefined)[],
  encoding: (typeof ivEncodings)[number],
): (Uint8Array | undefined)[] {
  const all = ivReadings(place).whole(encoding);
  return numbers.map((number) => (number === undefined ? undefined : all[number]));
}

/** Whether the texts of a group are leaves of those of another, which are cells as a whole. */
function holds(cells: TextGroup, leaves: TextGroup): boolean {
  return cells.column === leaves.column && pathOf(cells) === undefined && pathOf(leaves) !== undefined;
}

/** IVs with the same text around them in each row, like `0x…` and `iv=…; alg=cfb`. */
function ivsWithinTexts(
  group: TextGroup,
  other: TextGroup,
  beside: readonly (number | undefined)[],
  matters: (text: string) => boolean,
): IvCandidate[] {
  const numbers = beside.filter((number) => number !== undefined);
  return stretchEncodings.flatMap((encoding) => {
    const within = ivReadings(other).within(encoding, numbers);
    if (!within) return [];
    const inOrder = within.values.values();
    const values = beside.map((number) => (number === undefined ? undefined : inOrder.next().value));
    const isMissing = !isMost(values.filter((_, i) => matters((group.texts[i] as SampledText).text)));
    return isMissing ? [] : [{ iv: describe(group, other, within.template), values, group: other }];
  });
}

/** Whether a place looks like one for IVs, whatever they may be the IVs of: by its name, or by 16 bytes that are other ones in each row. */
export function looksLikeIvs(group: TextGroup, other: TextGroup): boolean {
  if (isNamedForIvs(other)) return pairTexts(group, other).some((text) => text !== undefined);
  if (other.column.shape.kind === 'uuid') return false;
  const beside = pairNumbers(group, other);
  return (['hex', 'base64', 'base64url'] as const).some((encoding) => {
    const values = ivsOf(other, beside, encoding);
    const seen = values.flatMap((value) => (value ? Buffer.from(value).toString('latin1') : []));
    return isMost(values) && seen.length > 1 && new Set(seen).size === seen.length;
  });
}

/** `secret_iv`, `nonce`, `initVector`, `salt` … */
export function isNamedForIvs({ column, steps }: TextGroup): boolean {
  const last = steps?.at(-1);
  return isIvName(typeof last === 'object' && 'member' in last ? last.member : column.name);
}

/** Whether a name is one for IVs. */
export function isIvName(name: string): boolean {
  return /(?:^|[^a-z])(?:iv|nonce|salt|init(?:ial(?:i[sz]ation)?)?[_-]?vec(?:tor)?)(?:$|[^a-z])|[a-z](?:IV|Iv|Nonce|Salt)$/.test(
    name,
  );
}

function isMost(values: readonly unknown[]): boolean {
  return values.length > 0 && values.filter((value) => value !== undefined).length * 5 >= values.length * 3;
}

/** What a text may be as an IV, in whatever encoding. */
export function readIvs(text: string | undefined): readonly Uint8Array[] {
  if (text === undefined) return [];
  return ivEncodings.flatMap((encoding) => readIv(text, encoding) ?? []);
}

/** For each text of a group the one next to it in the same row; undefined where there is none or several. */
export function pairTexts(group: TextGroup, other: TextGroup): (string | undefined)[] {
  return pairNumbers(group, other).map((number) =>
    number === undefined ? undefined : (other.texts[number] as SampledText).text,
  );
}

/** The same by its number among the texts of `other`. */
function pairNumbers(group: TextGroup, other: TextGroup): (number | undefined)[] {
  const shared = group.column === other.column ? sharedSteps(group.steps ?? [], other.steps ?? []) : 0;
  const keyOf = ({ row, trail }: SampledText) =>
    shared === 0 ? row : `${row} ${JSON.stringify(trail.slice(0, shared))}`;
  const found = new Map<string | number, number | undefined>();
  for (const [number, text] of other.texts.entries()) {
    const key = keyOf(text);
    found.set(key, found.has(key) ? undefined : number);
  }
  return group.texts.map((text) => found.get(keyOf(text)));
}

function describe(group: TextGroup, other: TextGroup, template: Template): IvCandidate['iv'] {
  const path = pathOf(other);
  return {
    ...(other.column !== group.column && { column: other.column.name }),
    ...(path !== undefined && { path }),
    layout: formatLayout({ ...defaultLayout, template }),
  };
}
