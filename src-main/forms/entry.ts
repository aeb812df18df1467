import type { EncryptedColumn } from '#contract/inventory';
import {
  type CiphertextReader,
  ciphertextReader,
  ivReader,
  type KeyIv,
  type PartsApart,
  partsReader,
} from './ciphertext.ts';
import { defaultLayout, type Layout, parseLayout } from './layout.ts';
import { type PathStep, parsePath } from './path.ts';
import { roleOf, spansOf } from './template.ts';

/** Where the IV of an entry's ciphertexts is, if not beside their bodies. */
export type IvPlace =
  | { readonly fixed: Uint8Array | KeyIv }
  | (PlaceApart & { readonly read: (text: string) => Uint8Array | undefined });

/** A place of the same row with parts of a ciphertext. */
export interface PlaceApart {
  /** Absent for the column of the ciphertext. */
  readonly column?: string;
  readonly steps: readonly PathStep[];
  readonly layout: Layout;
}

/** One whose parts are written with the ciphertext: a tag, a salt. */
export interface WrittenPlace extends PlaceApart {
  readonly read: (text: string) => PartsApart | undefined;
}

/** An entry of the inventory, ready for use: where in a cell its ciphertexts stand, how they are written, and where their IV is. */
export interface Form {
  readonly entry: EncryptedColumn;
  readonly layout: Layout;
  /** Absent where the cell as a whole is the text. */
  readonly steps?: readonly PathStep[];
  readonly iv?: IvPlace;
  /** Where its tag and salt are, if not next to it; of an IV that is written with one of them, its place. */
  readonly beside: readonly WrittenPlace[];
  readonly reader: CiphertextReader;
}

/** IVs that are the same for all values, by their names in an inventory. */
export const fixedIvs: Readonly<Record<string, Uint8Array | KeyIv>> = {
  zero: new Uint8Array(16),
  'zero-digits': Buffer.from('0'.repeat(16), 'latin1'),
  'key-start': 'key-start',
  'key-end': 'key-end',
  'key-text-start': 'key-text-start',
};

/**
 * Members by which documents of version 1 name their parts. `json-base64` and `json-hex` were envelopes then; now they are a path
 * with an IV next to it.
 */
const bodyNames = ['data', 'ciphertext', 'content', 'value', 'encrypted', 'encryptedData', 'ct'];
const ivNames = ['iv', 'IV', 'nonce'];
const jsonEnvelope = /^(?:'(?:[^']|'')*'\s+)?json-(base64|hex)(?=\s|$)/;

/** Reads an entry. Throws `layout-unknown` or `inventory-malformed` for one that makes no sense. */
export function readEntry(entry: EncryptedColumn): Form {
  const document = jsonEnvelope.exec(entry.layout);
  if (document) return readDocumentEntry(entry, document[1] as 'base64' | 'hex');
  const layout = parseLayout(entry.layout);
  return {
    entry,
    layout,
    reader: ciphertextReader(layout),
    beside: besideOf(entry),
    ...(entry.path !== undefined && { steps: parsePath(entry.path) }),
    ...(entry.iv && { iv: readIvPlace(entry.iv) }),
  };
}

/** The layout of an entry, also of one that an inventory of version 1 wrote in another way. Throws as `readEntry` does. */
export function layoutOf(entry: EncryptedColumn): Layout {
  return readEntry(entry).layout;
}

/** Places whose texts are written with the ciphertext. An IV by itself is kept. */
function besideOf({ iv, tag, salt }: EncryptedColumn): WrittenPlace[] {
  return [iv, tag, salt].flatMap((place): WrittenPlace[] => {
    if (place?.layout === undefined) return [];
    const apart = placeApart({ ...place, layout: place.layout });
    const isWritten = spansOf(apart.layout.template).some(({ parts }) =>
      parts.some((part) => roleOf(part) !== undefined && roleOf(part) !== 'iv'),
    );
    return isWritten ? [{ ...apart, read: partsReader(apart.layout) }] : [];
  });
}

function placeApart(place: {
  readonly column?: string | undefined;
  readonly path?: string | undefined;
  readonly layout: string;
}): PlaceApart {
  return {
    ...(place.column !== undefined && { column: place.column }),
    steps: parsePath(place.path ?? '$'),
    layout: parseLayout(place.layout),
  };
}

function readIvPlace(iv: NonNullable<EncryptedColumn['iv']>): IvPlace {
  if (iv.fixed !== undefined) return { fixed: fixedIvs[iv.fixed] as Uint8Array | KeyIv };
  const apart = placeApart({ ...iv, layout: iv.layout ?? '"{iv base64}"' });
  return { ...apart, read: ivReader(apart.layout) };
}

function readDocumentEntry(entry: EncryptedColumn, encoding: 'base64' | 'hex'): Form {
  // a word before the document, like `'ENC:' json-base64`, is left out as the document is searched for
  const words = entry.layout.replace(jsonEnvelope, '');
  const layout: Layout = {
    ...parseLayout(`base64${words}`),
    template: [{ span: { encoding, parts: ['body'] } }],
  };
  const steps = parsePath(entry.path ?? '$');
  const ivLayout: Layout = { ...defaultLayout, template: [{ span: { encoding, parts: ['iv'] } }] };
  return {
    entry,
    layout,
    reader: ciphertextReader(layout),
    beside: [],
    steps: [...steps, { oneOf: bodyNames }],
    iv: { steps: [...steps, { oneOf: ivNames }], layout: ivLayout, read: ivReader(ivLayout) },
  };
}
