import { chosenApplicationOf, formsOf } from '#applications/applications';
import { applicationsOf } from '#applications/of-inventory';
import type { Application, ChosenApplication } from '#contract/application';
import type { Inventory } from '#contract/inventory';
import { assertFitForEncryption } from '#crypto/encryption-key';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import { layoutOf } from '#forms/entry';
import type { Layout } from '#forms/layout';
import type { KeyPair } from '#rotation/run/decision';
import { isSameClass, keyClassInWords, keyClassOf } from '#schemes/key-class';
import { keysOf, readingOf } from '#schemes/scheme';

type Keys = Pick<KeyPair, 'from' | 'to'>;

/** What says how the new key is read: the columns, or where they are found only later, the environment's application. */
export interface KeyReaders {
  readonly inventory?: Inventory | undefined;
  readonly application?: ChosenApplication | undefined;
}

/**
 * Rejects unless rows may be rotated to the new key: `key-weak`, `same-key`, and what `assertFitForApplication` rejects with. Nothing was
 * changed by then.
 */
export async function assertTarget(
  { inventory, application }: KeyReaders,
  { from, to }: Keys,
): Promise<void> {
  assertFitForEncryption(to);
  if (from.fingerprint === to.fingerprint) {
    throw new KeelError(
      'same-key',
      'the old key and the new key are the same; nothing was changed',
      'use a different new key',
    );
  }
  if (inventory) return assertFitForApplication(inventory, { from, to });
  if (application === undefined) return;
  const chosen = chosenApplicationOf(application);
  await assertFit(
    { layouts: formsOf(chosen).map(({ layout }) => layout), applications: [chosen] },
    { from, to },
  );
}

/**
 * Rejects unless the new key of another application can take the old one's place: it is read in the same way (`key-malformed`), and not
 * printed in that application's examples (`key-publicly-known`). Nothing for an inventory of Ballast.
 */
export async function assertFitForApplication(inventory: Inventory, keys: Keys): Promise<void> {
  await assertFit(
    { layouts: inventory.columns.map(layoutOf), applications: applicationsOf(inventory) },
    keys,
  );
}

async function assertFit(
  {
    layouts,
    applications,
  }: { readonly layouts: readonly Layout[]; readonly applications: readonly Application[] },
  { from, to }: Keys,
): Promise<void> {
  const schemes = layouts.flatMap(({ scheme }) => scheme ?? []);
  if (schemes.length === 0) return;
  const [old, fresh] = [keyClassOf(from.written), keyClassOf(to.written)];
  if (!isSameClass(old, fresh)) {
    throw new KeelError(
      'key-malformed',
      `the old key has ${keyClassInWords(old)} and the new one ${keyClassInWords(fresh)}, which the application may read differently; nothing was changed`,
      text`${{ do: 'generate-key-alike' }}`,
    );
  }
  for (const scheme of schemes) if ('read' in readingOf(scheme)) await keysOf(scheme, to);
  const written = to.written.toString('latin1');
  const known = applications.find(({ publicKeys }) => publicKeys.includes(written));
  if (!known) return;
  throw new KeelError(
    'key-publicly-known',
    `the new key is printed in the examples of ${known.name}: everyone knows it; nothing was changed`,
    text`${{ do: 'generate-key-alike' }}`,
  );
}
