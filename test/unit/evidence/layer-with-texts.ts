import type { EncryptionKey } from '#crypto/encryption-key';
import type { Hit } from '#evidence/scan/hit';
import { LayerScanner } from '#evidence/scan/layer-scanner';

/** A scanner, and by its hits the text that was proven of each. */
export function layerWithTexts(keys: readonly EncryptionKey[]): {
  readonly scanner: LayerScanner;
  readonly texts: ReadonlyMap<Hit, string>;
} {
  const texts = new Map<Hit, string>();
  const scanner = new LayerScanner(keys, (hit, bytes, start, end, kind) => {
    // bytes go on to the run's end
    const from = kind === 'text' ? start : start + hit.first - (hit.length - (end - start));
    texts.set(hit, Buffer.from(bytes.subarray(from, from + hit.last - hit.first)).toString('latin1'));
  });
  return { scanner, texts };
}
