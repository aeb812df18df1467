import { counted } from '#shared/counted';
import type { Finding } from '#contract/rotation';
import type { Failure } from '#contract/shapes';
import { exclusionInWords } from './exclusion.ts';

/** What it means to take a stop on, by its code: the switch, and what then happens. */
const meanings: Readonly<Record<string, { readonly label: string; readonly means: string }>> = {
  'other-sessions': {
    label: 'Continue with other sessions connected',
    means:
      'They wait for the lock while Keel writes. They may then write rows with the old key, which a sweep has to find. A rehearsal does not affect them.',
  },
  'prepared-transactions': {
    label: 'Continue despite prepared transactions',
    means: 'If one of them holds a lock on these tables, the cutover gives up after 5 s and rolls back.',
  },
  triggers: {
    label: 'Let the triggers fire',
    means: 'They run for each row and may change other columns; Keel compares only the encrypted ones.',
  },
  'unlisted-columns': {
    label: 'Continue without these columns',
    means: 'They stay encrypted with the old key. The application cannot read them once it has the new one.',
  },
  'nested-values': {
    label: 'Rotate the outer layer only',
    means:
      'What is encrypted inside the decrypted values stays encrypted with the old key. The application then needs that key as well, and it must be kept for as long as they are.',
  },
  'iv-assumed': {
    label: 'Continue on the assumption that the IV comes first',
    means:
      'If it does not, the first 16 bytes of every value in these columns are lost. A known value would prove it.',
  },
  'too-short': {
    label: 'Continue despite values that are too short to tell',
    means:
      'If they are ciphertexts, they stay encrypted with the old key, and the application can no longer read them.',
  },
  companion: {
    label: 'Continue although a MAC is left unchanged',
    means:
      'The application may reject these values once they are encrypted with the new key, because the MAC no longer matches.',
  },
  'not-read': {
    label: 'Continue without reading these places',
    means:
      'Values there that are encrypted with the old key are not rotated, and the application can no longer read them.',
  },
  'unproven-column': {
    label: 'Treat these columns as encrypted with the old key',
    means: 'If they are encrypted with another key, their contents are lost. Make sure by other means first.',
  },
  'ambiguous-rows': {
    label: 'Treat values that both keys decrypt as encrypted with the old key',
    means: 'They are too short to tell. If they are already encrypted with the new key, they are lost.',
  },
  'alphabet-untold': {
    label: 'Write these columns in standard base64',
    means:
      'No value shows whether the application reads that or base64url. If it reads base64url, it can no longer read them.',
  },
  'half-rotated': {
    label: 'Finish a partly completed rotation',
    means: 'Every value is checked against both keys; those encrypted with the new key are left unchanged.',
  },
  'weak-from-key': {
    label: 'Rotate away from a weak key',
    means: 'The old key could be guessed. Rotating away from it is the fix.',
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
  return { code, label, means: `${taking.means} Applies to ${names.join(', ')}.` };
}

/** Where a stop was taken on, it comes back under another name. */
const nameOfStop: Readonly<Record<string, string>> = {
  'left-under-old-key': 'unlisted-columns',
  'nested-under-old-key': 'nested-values',
  'left-unread': 'not-read',
};

const placeLabels: Readonly<Record<string, (places: string) => string>> = {
  'unlisted-columns': (places) => `Leave ${places} encrypted with the old key`,
  'nested-values': (places) => `Rotate only the outer layer of ${places}`,
  'not-read': (places) => `Continue without reading ${places}`,
};

/** The stops behind a failure that may be taken on, if there is nothing else behind it. */
export function stopsToAccept({ stops: codes = [] }: Failure): readonly Acceptance[] {
  const known = codes.map(acceptanceOf).filter((one) => one !== undefined);
  return known.length === codes.length ? known : [];
}
