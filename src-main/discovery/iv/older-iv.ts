import { decryptBatch, ivLength } from '#crypto/cfb';
import type { EncryptionKey } from '#crypto/encryption-key';
import { log2Choose } from '#evidence/combinations';
import { cleanText } from '#evidence/plaintexts/clean-text';
import type { Recognised } from '#discovery/recognise';
import { placeName, type TextGroup } from '#discovery/texts';
import { pairTexts, readIvs } from './iv-candidates.ts';
import type { KnownValue } from './known-values.ts';

/*
 * A column may hold values of two times: now the IV is before its body, and once it was in a column next to it, or always zero. The older
 * ones open as all bodies do, from their second block on. They are told one by one: what is taken for their IV is their first block.
 */

/** Bits that the values of one place must have, beyond the freedom to choose them and the place. */
const enoughBits = 12;

/** An IV that is the one of some values, and where it is, for people. */
export interface OlderIv {
  readonly values: number;
  readonly where: string;
}

/** Looks for values of a form with the IV in the run whose first 16 bytes are decrypted with an IV of another place of their row. */
export function findOlderIv(
  { layout }: Recognised,
  known: readonly KnownValue[],
  group: TextGroup,
  groups: readonly TextGroup[],
  key: EncryptionKey,
): OlderIv | undefined {
  if (layout.derivation !== 'none') return undefined;
  const places: [where: string, ivsOf: (value: KnownValue) => readonly Uint8Array[]][] = [
    ['that is all zeros', () => [zero]],
    ['that is the beginning of the key', () => [key.bytes.subarray(0, ivLength)]],
    ['that is the end of the key', () => [key.bytes.subarray(-ivLength)]],
  ];
  for (const other of groups) {
    if (other === group) continue;
    const beside = new Map<string, string>();
    for (const [i, text] of pairTexts(group, other).entries()) {
      const own = group.texts[i] as TextGroup['texts'][number];
      if (text !== undefined) beside.set(`${own.row} ${own.text}`, text);
    }
    places.push([`in ${placeName(other)}`, ({ row, text }) => readIvs(beside.get(`${row} ${text}`))]);
  }
  const search = Math.log2(places.length);
  for (const [where, ivsOf] of places) {
    const { hits, tried } = countHits(layout.segment, known, ivsOf, key);
    const bits = hits * cleanText.bits(ivLength) - log2Choose(tried, hits) - search;
    if (hits > 0 && bits >= enoughBits) return { values: hits, where };
  }
  return undefined;
}

const zero = new Uint8Array(ivLength);

function countHits(
  segment: Recognised['layout']['segment'],
  known: readonly KnownValue[],
  ivsOf: (value: KnownValue) => readonly Uint8Array[],
  key: EncryptionKey,
): { readonly hits: number; readonly tried: number } {
  const pairs = known.flatMap((value, of) => {
    const { iv: first } = value.ciphertext;
    if (typeof first === 'string') return [];
    const ivs = ivsOf(value).filter((iv) => Buffer.compare(iv, first) !== 0);
    return ivs.map((iv) => ({ of, iv, body: first }));
  });
  const { plaintexts, storage } = decryptBatch(key.bytes, segment, pairs);
  const hits = new Set(
    pairs.filter((_, i) => cleanText.accepts(plaintexts[i] as Uint8Array)).map(({ of }) => of),
  );
  storage.fill(0);
  return { hits: hits.size, tried: pairs.length };
}
