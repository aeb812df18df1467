import type { KeyKeeper } from '#rotation/key-keeper';

/**
 * The environment's key ring as the rotation of one database of a fleet sees it. All databases share it: the new key becomes the
 * active one with the first that goes over, and one that follows later, found under the old key still, does not turn that back.
 */
export function fleetKeeper(
  ring: KeyKeeper,
  keys: { readonly from: string; readonly to: string },
): KeyKeeper {
  return {
    ...ring,
    async activate(fingerprint, how) {
      const active = (await ring.list()).find(({ state }) => state === 'active');
      if (fingerprint === keys.from && active?.fingerprint === keys.to) return;
      await ring.activate(fingerprint, how);
    },
  };
}
