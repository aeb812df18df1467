import { counted } from '#shared/counted';
import type { Finding } from '#contract/rotation';
import type { Failure } from '#contract/shapes';
import { exclusionInWords } from './exclusion.ts';

/** What it means to take a stop on, by its code: the switch, and what then happens. */
const meanings: Readonly<Record<string, { readonly label: string; readonly means: string }>> = {
  'other-sessions': {
    label: 'Go on although others are connected',
    means:
      'While Keel writes, they wait for the lock. What they write afterwards with the old key has to be swept up; a rehearsal does them no harm.',
  },
  'prepared-transactions': {
    label: 'Go on beside prepared transactions',
    means: 'If one of them holds a lock on these tables, the cutover gives up after 5 s and rolls back.',
  },
  pooler: {
    label: 'Go on through the pooler',
    means: 'If it shuffles statements between connections, the rotation fails and rolls back.',
  },
  triggers: {
    label: 'Let the triggers fire',
    means: 'They run for each row and may change other columns; Keel compares the encrypted ones only.',
  },
  'unlisted-columns': {
    label: 'Go on without these columns',
    means: 'They stay under the old key. Ballast cannot read them once it has the new one.',
  },
  'nested-values': {
    label: 'Rotate the outer layer only',
    means:
      'What is encrypted within the decrypted values stays under the old key. Ballast needs that key as well, and it must be kept for as long as they are.',
  },
  'iv-assumed': {
    label: 'Go on with the IV assumed to come first',
    means:
      'If it is somewhere else, the first 16 bytes of every value in these columns are lost. One value that you know would prove it.',
  },
  'too-short': {
    label: 'Go on beside values that are too short to tell',
    means: 'If they are ciphertexts, they stay under the old key, and Ballast cannot read them any more.',
  },
  companion: {
    label: 'Go on although a MAC is left as it is',
    means:
      'Ballast may refuse these values once they are under the new key, since it would no longer fit them.',
  },
  'not-read': {
    label: 'Go on without reading these places',
    means: 'Values under the old key that are there stay under it, and Ballast cannot read them any more.',
  },
  'unproven-column': {
    label: 'Take these columns as the old key’s',
    means: 'If they are under another key, what is in them is lost. Be sure of it from somewhere else.',
  },
  'ambiguous-rows': {
    label: 'Take values that both keys open as the old key’s',
    means: 'They are too short to tell. If they are under the new key already, they are lost.',
  },
  'alphabet-untold': {
    label: 'Write these columns in standard base64',
    means:
      'No value shows whether Ballast reads that or base64url. If it reads base64url, it cannot read them any more.',
  },
  'half-rotated': {
    label: 'Finish a rotation that somebody began',
    means: 'Every value is judged against both keys; those under the new key are left as they are.',
  },
  'weak-from-key': {
    label: 'Rotate away from a weak key',
    means: 'The old key could be guessed. Rotating away from it is the way out.',
  },
};

export interface Acceptance {
  readonly code: string;
  readonly label: string;
  readonly means: string;
}

/** What taking a stop on means; undefined for a code that cannot be taken on. */
export function acceptanceOf(code: string): Acceptance | undefined {
  const meaning = Object.hasOwn(meanings, code) ? meanings[code] : undefined;
  return meaning && { code, ...meaning };
}

/** The same of a finding, which names the places that it is about. */
export function acceptanceOfFinding({ code, acceptable, places = [] }: Finding): Acceptance | undefined {
  if (!acceptable) return undefined;
  const names = [...new Set(places.map(({ name }) => exclusionInWords(name)))];
  const taking = acceptanceOf(nameOfStop[code] ?? code);
  if (!taking || names.length === 0) return taking;
  const label = placeLabels[taking.code]?.(counted(names.length, 'place')) ?? taking.label;
  return { code, label, means: `${taking.means} This is about ${names.join(', ')}.` };
}

/** Where a stop was taken on, it comes back under another name. */
const nameOfStop: Readonly<Record<string, string>> = {
  'left-under-old-key': 'unlisted-columns',
  'nested-under-old-key': 'nested-values',
  'left-unread': 'not-read',
};

const placeLabels: Readonly<Record<string, (places: string) => string>> = {
  'unlisted-columns': (places) => `Leave ${places} under the old key`,
  'nested-values': (places) => `Rotate only the outer layer of ${places}`,
  'not-read': (places) => `Go on without reading ${places}`,
};

/** The stops behind a failure that may be taken on, if there is nothing else behind it. */
export function stopsToAccept({ stops: codes = [] }: Failure): readonly Acceptance[] {
  const known = codes.map(acceptanceOf).filter((one) => one !== undefined);
  return known.length === codes.length ? known : [];
}
