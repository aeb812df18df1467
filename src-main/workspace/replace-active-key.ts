import { expectedFailure } from '#errors/expected-failure';
import type { KeyEntry } from '#keyring/key-entry';
import { entryOf } from '#keyring/key-states';
import type { Confirmation, KeyHistory, UseCaseContext } from './use-case.ts';
import type { Workspace } from './workspace.ts';

/** The values that both keys were tried on. */
export interface TriedOn
  extends Pick<Extract<Confirmation, { of: 'replace-active-key' }>, 'places' | 'values' | 'sampled'> {
  /** How many of them each key decrypts; absent where it could not be tried. */
  readonly decrypts: { readonly to: number; readonly from?: number | undefined };
  /** Evidence for `to` in them: see `evidenceFor`. */
  readonly bits: number;
}

/** Makes `to` the active key instead of `from`; whether it is now. Throws `key-unproven`, and `confirmation-missing` where another one is active by then. */
export type ReplaceActiveKey = (
  keys: { readonly to: string; readonly from: string },
  tried: TriedOn,
) => Promise<boolean>;

/**
 * A key that was found in use takes the place of the active one once the admin agreed, and this is noted: which columns it was tried on
 * is the window's to say, and hand-offs and backups are of the active key. Without a yes the ring stays as it is.
 */
export function replaceActiveKey(
  { id, readRing, ringNotes }: Pick<Workspace, 'id' | 'readRing' | 'ringNotes'>,
  { confirm, audit }: Pick<UseCaseContext, 'confirm' | 'audit'>,
): ReplaceActiveKey {
  return async ({ to, from }, { decrypts, bits, ...tried }) => {
    const ring = await readRing();
    const keyOf = (fingerprint: string, decrypted: number | undefined) => ({
      ...historyOf(entryOf(ring, fingerprint)),
      ...(decrypted !== undefined && { decrypts: decrypted }),
    });
    try {
      await confirm({
        of: 'replace-active-key',
        to: keyOf(to, decrypts.to),
        from: keyOf(from, decrypts.from),
        ...tried,
      });
    } catch (error) {
      // `usage`: the question has more tables than a dialog shows
      expectedFailure(error, 'cancelled', 'confirmation-missing', 'usage');
      return false;
    }
    await ringNotes.activate(to, { seen: 'values', bits, insteadOf: from });
    await audit.after({
      environment: id,
      action: 'active key replaced',
      detail: `instead of key ${from}: decrypts ${decrypts.to} of ${tried.values} values${tried.sampled ? ' of a sample' : ''}`,
      outcome: 'done',
      fingerprint: to,
    });
    return true;
  };
}

/** What a question says of a key beside its fingerprint. */
export function historyOf({
  fingerprint,
  state,
  origin,
  createdAt,
  activatedAt,
  retiredAt,
}: KeyEntry): KeyHistory {
  return {
    fingerprint,
    state,
    createdAt,
    ...(origin && { origin }),
    ...(activatedAt && { activatedAt }),
    ...(retiredAt && { retiredAt }),
  };
}
