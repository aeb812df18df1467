import { isDeepStrictEqual } from 'node:util';
import type { HandoffTarget } from '#contract/handoff';
import type { Consent } from '#procedures/consent/consent';
import { onOneLine, quoted } from '#procedures/consent/shown-text';
import type { KnownWorkspace } from '#workspace/workspace';

/** Servers that the admin agreed to ask, and programs that run with the admin's logins: in this session, or a target that a key was written to. */
export interface ConfirmedPlaces {
  /** Asks where looking at a target tells a service that was not agreed to yet what the page wrote. Throws as `Consent.ask`. */
  assertConfirmed(workspace: KnownWorkspace, target: HandoffTarget, consent: Consent): Promise<void>;
}

/** The program that is started with what the page wrote, if any, for every kind of target. */
const programs: Readonly<Record<HandoffTarget['kind'], string | undefined>> = {
  'docker-secret': 'docker',
  'podman-secret': 'podman',
  'aws-secret': 'aws',
  'gcp-secret': 'gcloud',
  'azure-secret': 'az',
  'one-password': 'op',
  // a file that a dialog named
  'env-file': undefined,
  'compose-file': undefined,
  'kubernetes-secret': undefined,
  'systemd-unit': undefined,
  'key-file': undefined,
  'systemd-credential': undefined,
  'yaml-value': undefined,
  'sops-file': undefined,
  vault: undefined,
};

export function createConfirmedPlaces(): ConfirmedPlaces {
  const confirmed: { readonly environment: string; readonly told: object }[] = [];
  return {
    async assertConfirmed({ id, settings }, target, consent) {
      const program = programs[target.kind];
      if (target.kind !== 'vault' && program === undefined) return;
      const told = toldTo(target);
      const isKnown =
        settings.targets.some((one) => one.given && isDeepStrictEqual(toldTo(one.target), told)) ||
        confirmed.some((one) => isDeepStrictEqual(one, { environment: id, told }));
      if (isKnown) return;
      const name = onOneLine(settings.name);
      await consent.ask(
        target.kind === 'vault'
          ? {
              message: `Connect to the vault at ${onOneLine(target.address, 500)}?`,
              detail: `Keel sends it the token you gave, to read which key of “${name}” is there. It writes nothing.`,
              button: 'Connect',
            }
          : {
              message: `Run ${program} to look at this place?`,
              detail: `${fieldsOf(target)}\n\nIt runs with your login, and its service learns what is written here. Keel reads which key of “${name}” is there, and writes nothing.`,
              button: `Run ${program}`,
            },
      );
      confirmed.push({ environment: id, told });
    },
  };
}

/** Every field of a target, one a line. */
function fieldsOf({ kind: _, ...fields }: HandoffTarget): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${quoted(String(value), 500)}`)
    .join('\n');
}

/** For a vault, the server that receives the token and what verifies it; otherwise the whole target. */
function toldTo(target: HandoffTarget): object {
  if (target.kind !== 'vault') return target;
  const { address, namespace, caFile } = target;
  return { address, namespace, caFile };
}
