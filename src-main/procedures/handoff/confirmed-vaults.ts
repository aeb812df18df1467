import { isDeepStrictEqual } from 'node:util';
import type { HandoffTarget } from '#contract/handoff';
import type { Consent } from '#procedures/consent/consent';
import { onOneLine } from '#procedures/consent/shown-text';
import type { KnownWorkspace } from '#workspace/workspace';

/** Vaults that the admin agreed to give a token to: in this session, or a target that a key was written to. */
export interface ConfirmedVaults {
  /** Asks where a target is a server that was not agreed to yet. Throws as `Consent.ask`. */
  assertConfirmed(workspace: KnownWorkspace, target: HandoffTarget, consent: Consent): Promise<void>;
}

type Vault = Extract<HandoffTarget, { kind: 'vault' }>;

export function createConfirmedVaults(): ConfirmedVaults {
  const confirmed: { readonly environment: string; readonly server: object }[] = [];
  return {
    async assertConfirmed({ id, settings }, target, consent) {
      if (target.kind !== 'vault') return;
      const server = serverOf(target);
      const isKnown =
        settings.targets.some((one) => one.given && isDeepStrictEqual(serverOf(one.target), server)) ||
        confirmed.some((one) => isDeepStrictEqual(one, { environment: id, server }));
      if (isKnown) return;
      await consent.ask({
        message: `Connect to the vault at ${onOneLine(target.address, 500)}?`,
        detail: `Keel sends it the token you gave, to read which key of “${onOneLine(settings.name)}” is there. It writes nothing.`,
        button: 'Connect',
      });
      confirmed.push({ environment: id, server });
    },
  };
}

/** Who is told the token, and by which certificates that is checked. */
function serverOf(target: HandoffTarget): object {
  const { address, namespace, caFile } = target as Partial<Vault>;
  return { address, namespace, caFile };
}
