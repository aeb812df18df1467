import type { EncryptedColumn } from '#contract/inventory';
import { KeelError } from '#errors/keel-error';
import { joinTexts, type Text, text } from '#errors/text';

/** Stops that an admin may knowingly take on, by the code given to `--accept`. */
export const acceptableStops = [
  'other-sessions',
  'prepared-transactions',
  'triggers',
  'unlisted-columns',
  'nested-values',
  'unproven-column',
  'too-short',
  'companion',
  'iv-assumed',
  'not-read',
  'ambiguous-rows',
  'alphabet-untold',
  'half-rotated',
  'weak-from-key',
] as const;
export type AcceptableStop = (typeof acceptableStops)[number];

/** What preflight says about one thing. */
export interface Finding {
  readonly code: string;
  readonly level: 'pass' | 'warn' | 'stop';
  readonly message: string;
  /** Present where there is something to do. */
  readonly remedy?: Text;
  /** It was a stop, and the admin accepted it. */
  readonly accepted?: true;
  /** `table.column` that may be excluded by name instead. */
  readonly column?: string;
  /** Who else is connected, like `3 × ballast-api`, where it is about that. */
  readonly sessions?: readonly string[];
  /** The places it is about. */
  readonly places?: readonly FindingPlace[];
}

export interface FindingPlace {
  readonly name: string;
  /** The entry that would take it into the inventory, where its form is known. */
  readonly proposal?: EncryptedColumn;
  /** The entry of the inventory whose IV a value that the admin knows can prove. */
  readonly provable?: EncryptedColumn;
}

export function pass(code: string, message: string): Finding {
  return { code, level: 'pass', message };
}

export function warn(code: string, message: string, remedy: Text): Finding {
  return { code, level: 'warn', message, remedy };
}

export function stop(code: string, message: string, remedy: Text): Finding {
  return { code, level: 'stop', message, remedy };
}

/** The finding, with the places that it is about. */
export function about(places: readonly FindingPlace[], finding: Finding): Finding {
  return { ...finding, places };
}

/** Turns the stops that the admin accepted into warnings that say so; the others stay. */
export function accept(
  findings: readonly Finding[],
  accepted: readonly string[],
  acceptable: readonly string[] = acceptableStops,
): Finding[] {
  return findings.map((finding) => {
    const isAcceptable = acceptable.includes(finding.code);
    if (finding.level !== 'stop' || !isAcceptable) return finding;
    if (accepted.includes(finding.code)) return { ...finding, level: 'warn', accepted: true };
    return { ...finding, remedy: text`${finding.remedy ?? ''}${{ do: 'or-accept', code: finding.code }}` };
  });
}

/** Throws the stops, the most telling first, as one error; its code is that of the first. */
export function assertNoStops(findings: readonly Finding[]): void {
  const stops = findings.filter((finding) => finding.level === 'stop');
  const [first] = stops;
  if (!first) return;
  const code = first.code as keyof typeof errorOf;
  throw new KeelError(
    errorOf[code] ?? 'preflight-stopped',
    `${stops.map((finding) => `${finding.message} [${finding.code}]`).join('; ')}; nothing was changed`,
    joinTexts(
      stops.flatMap(({ remedy }) => remedy ?? []),
      '; ',
    ),
    { stops: stops.map((finding) => finding.code) },
  );
}

/** Stops that have an error of their own. */
const errorOf = {
  'key-wrong': 'key-wrong',
  'already-rotated': 'already-rotated',
  'key-mixed': 'rows-unopened',
  'unproven-column': 'key-unproven',
  'to-key-in-use': 'to-key-in-use',
  privileges: 'privilege-missing',
  standby: 'server-read-only',
  'read-only': 'server-read-only',
} as const;
