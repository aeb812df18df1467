import { isDeepStrictEqual } from 'node:util';
import type { HandoffTarget } from '#contract/handoff';
import { programOf } from '#handoff/programs/program-of';
import type { Consent } from '#procedures/consent/consent';
import { destinationInFull } from '#procedures/consent/destination';
import { addressInFull } from '#procedures/consent/in-full';
import { quoted } from '#procedures/consent/shown-text';
import type { KnownWorkspace } from '#workspace/workspace';

/** Servers that the admin agreed to ask, and programs that run with the admin's logins: in this session, or a target that a key was written to. */
export interface ConfirmedPlaces {
  /**
   * Asks where looking at a target tells a service that was not agreed to yet what the page wrote. Throws as `Consent.ask`, and `usage`
   * for a target that no question could name in full.
   */
  assertConfirmed(workspace: KnownWorkspace, target: HandoffTarget, consent: Consent): Promise<void>;
}

export function createConfirmedPlaces(): ConfirmedPlaces {
  const confirmed: { readonly environment: string; readonly told: object }[] = [];
  return {
    async assertConfirmed({ id, settings }, target, consent) {
      // also where nothing is asked now: a question about the write would come too late
      const destination = destinationInFull(target);
      const program = programOf(target);
      if (target.kind !== 'vault' && program === undefined) return;
      const told = toldTo(target);
      const isKnown =
        settings.targets.some((one) => one.given && isDeepStrictEqual(toldTo(one.target), told)) ||
        confirmed.some((one) => isDeepStrictEqual(one, { environment: id, told }));
      if (isKnown) return;
      const reads = `Keel reads which key of ${quoted(settings.name)} is there, and writes nothing.`;
      await consent.ask(
        target.kind === 'vault'
          ? {
              message: `Connect to the vault at ${addressInFull(target.address).server}?`,
              detail: `${destination.join('\n')}\n\nKeel sends it the token you gave. ${reads}`,
              button: 'Connect',
            }
          : {
              message: `Run ${program} to read this destination?`,
              detail: `${destination.join('\n')}\n\nIt runs with your login, and its service learns what is written here. ${reads}`,
              button: `Run ${program}`,
            },
      );
      confirmed.push({ environment: id, told });
    },
  };
}

/** For a vault, the server that receives the token and what verifies it; otherwise the whole target. */
function toldTo(target: HandoffTarget): object {
  if (target.kind !== 'vault') return target;
  const { address, namespace, caFile } = target;
  return { address, namespace, caFile };
}
