import { resolve } from 'node:path';
import type { PostureFinding, PosturePlaces, PostureWaiver } from '#contract/posture';
import type { EnvironmentSettings } from '#environments/environment-settings';
import { KeelError } from '#errors/keel-error';
import type { UnaskingContext } from '#workspace/use-case';
import type { KnownWorkspace } from '#workspace/workspace';
import { posturePlacesOf } from './check.ts';

type Kept = NonNullable<EnvironmentSettings['posture']>;
type Context = Pick<UnaskingContext, 'audit'>;

/** Changes what the check of an environment keeps, on top of what is there by then. */
export function changePosture(
  workspace: KnownWorkspace,
  change: (kept: Kept) => Partial<Kept>,
): Promise<void> {
  return workspace.change((now) => {
    const kept = now.posture ?? { places: posturePlacesOf(now), answers: [] };
    return { posture: { ...kept, ...change(kept) } };
  });
}

/** Keeps places for the checks to come; the others stay as they are. */
export async function keepPlaces(
  workspace: KnownWorkspace,
  places: Partial<PosturePlaces>,
  { audit }: Context,
): Promise<void> {
  const { api, qdrant, oauth = [], keyFiles = [], rootCertificate } = places;
  // a check to come may be started in another folder
  const absolute = {
    ...places,
    ...(keyFiles.length > 0 && { keyFiles: keyFiles.map((path) => resolve(path)) }),
    ...(rootCertificate !== undefined && { rootCertificate: resolve(rootCertificate) }),
  };
  await changePosture(workspace, (kept) => ({ places: { ...kept.places, ...absolute } }));
  await audit.after({
    environment: workspace.id,
    action: 'posture check set up',
    detail: [api, qdrant, ...oauth, ...keyFiles].filter((place) => place !== undefined).join(', '),
    outcome: 'done',
  });
}

export interface Waiving {
  /** Ids of findings that this check made. */
  readonly findings: readonly string[];
  readonly reason: string;
  /** Its last day, like `2027-01-31`. */
  readonly until: string;
}

const longestDays = 366;
const longestReason = 500;

/**
 * Accepts findings of the check just made until a day, with a reason; a waiver of the same finding before is replaced. Throws `usage`
 * for a finding that there is not, or that passes, and for a day that is past or more than a year away.
 */
export async function waiveFindings(
  workspace: KnownWorkspace,
  found: readonly PostureFinding[],
  { findings, reason, until }: Waiving,
  { audit }: Context,
): Promise<readonly PostureWaiver[]> {
  const at = new Date();
  assertWaivable(until, reason, at);
  const given = findings.map((id): PostureWaiver => {
    const { title, status } = toWaive(found, id);
    return { finding: id, title, status, reason: reason.trim(), until, at: at.toISOString() };
  });
  let waivers: readonly PostureWaiver[] = [];
  await changePosture(workspace, (kept) => {
    const others = (kept.waivers ?? []).filter(({ finding }) => !findings.includes(finding));
    waivers = [...others, ...given];
    return { waivers: [...waivers] };
  });
  await audit.after({
    environment: workspace.id,
    action: 'posture finding waived',
    detail: `${findings.join(', ')} until ${until}: ${reason.trim()}`,
    outcome: 'done',
  });
  return waivers;
}

/** Ends waivers: their findings count again. Throws `usage` for one that there is not. */
export async function endWaivers(
  workspace: KnownWorkspace,
  findings: readonly string[],
  { audit }: Context,
): Promise<readonly PostureWaiver[]> {
  let waivers: readonly PostureWaiver[] = [];
  await changePosture(workspace, (kept) => {
    const all = kept.waivers ?? [];
    const missing = findings.find((id) => !all.some(({ finding }) => finding === id));
    if (missing !== undefined) {
      throw new KeelError(
        'usage',
        `there is no waiver for \`${missing}\`; nothing was changed`,
        all.length === 0
          ? 'this environment has no waivers'
          : `use one of ${all.map(({ finding }) => finding).join(', ')}`,
      );
    }
    waivers = all.filter(({ finding }) => !findings.includes(finding));
    return { waivers: [...waivers] };
  });
  await audit.after({
    environment: workspace.id,
    action: 'posture waiver ended',
    detail: findings.join(', '),
    outcome: 'done',
  });
  return waivers;
}

function assertWaivable(until: string, reason: string, at: Date): void {
  const last = /^\d{4}-\d{2}-\d{2}$/.test(until) ? Date.parse(`${until}T23:59:59.999Z`) : Number.NaN;
  const days = (last - at.getTime()) / 86_400_000;
  if (!(days > 0 && days <= longestDays + 1)) {
    throw new KeelError(
      'usage',
      `\`${until}\` is not a day from today on and within a year; nothing was waived`,
      'use a day such as 2027-01-31; a waiver can be renewed',
    );
  }
  if (reason.trim() !== '' && reason.length <= longestReason) return;
  throw new KeelError(
    'usage',
    `the reason is empty or has more than ${longestReason} characters; nothing was waived`,
    'say why the finding is acceptable until then',
  );
}

function toWaive(found: readonly PostureFinding[], id: string): PostureFinding {
  const finding = found.find((one) => one.id === id);
  if (finding && finding.status !== 'pass') return finding;
  const open = found.filter(({ status }) => status !== 'pass').map((one) => one.id);
  throw new KeelError(
    'usage',
    finding
      ? `\`${id}\` passes; nothing was waived`
      : `this check made no finding \`${id}\`; nothing was waived`,
    `use one of ${open.join(', ')}`,
  );
}
