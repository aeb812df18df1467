import { applicationsOf, isOfOtherApplication } from '#applications/of-inventory';
import type { Inventory } from '#contract/inventory';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { layoutOf } from '#forms/entry';
import type { KeyPair } from '#rotation/run/decision';
import { isSameClass, keyClassInWords, keyClassOf } from '#schemes/key-class';
import { keysOf, readingOf } from '#schemes/scheme';

/**
 * Rejects unless the new key of another application can take the old one's place: it is read in the same way (`key-malformed`), and not
 * printed in that application's examples (`key-publicly-known`). Nothing for an inventory of Ballast.
 */
export async function assertFitForApplication(inventory: Inventory, { from, to }: KeyPair): Promise<void> {
  if (!isOfOtherApplication(inventory)) return;
  const [old, fresh] = [keyClassOf(from.written), keyClassOf(to.written)];
  if (!isSameClass(old, fresh)) {
    throw new KeelError(
      'key-malformed',
      `the old key has ${keyClassInWords(old)} and the new one ${keyClassInWords(fresh)}, which the application may read differently; nothing was changed`,
      text`${{ do: 'generate-key-alike' }}`,
    );
  }
  for (const entry of inventory.columns) {
    const { scheme } = layoutOf(entry);
    if (scheme && 'read' in readingOf(scheme)) await keysOf(scheme, to);
  }
  const written = to.written.toString('latin1');
  const known = applicationsOf(inventory).find(({ publicKeys }) => publicKeys.includes(written));
  if (!known) return;
  throw new KeelError(
    'key-publicly-known',
    `the new key is printed in the examples of ${known.name}: everyone knows it; nothing was changed`,
    text`${{ do: 'generate-key-alike' }}`,
  );
}
