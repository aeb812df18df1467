import type { PostureAnswer, PosturePlaces, PostureRun } from '#contract/posture';
import type { EncryptedColumn } from '#contract/inventory';
import { type EnvironmentSettings, handoffFiles } from '#environments/environment-settings';
import { recordPostureRun } from '#environments/posture-runs';
import { expectedFailure } from '#errors/expected-failure';
import { KeelError } from '#errors/keel-error';
import { text } from '#errors/text';
import type { UnaskingContext } from '#workspace/use-case';
import { homeOf, type Workspace } from '#workspace/workspace';
import { checkPosture } from '#posture/look/check-posture';
import type { PostureFacts } from '#posture/facts';
import { countFindings, judgePosture } from '#posture/judge/judge-posture';
import { readKeyFacts } from '#posture/look/key-facts';
import { inNumbers } from '#posture/report/report-text';
import { withWaivers } from '#posture/waivers';

export interface CheckPostureInput {
  /** Places named for this check; the environment's own stand for what is not named. */
  readonly places?: Partial<PosturePlaces>;
  /** The encrypted columns, in place of the environment's. */
  readonly columns?: readonly EncryptedColumn[] | undefined;
  /** Answers for this check, beside those that are kept. */
  readonly answers?: readonly PostureAnswer[];
}

/** What was seen, and what the admin has to know about the record of checks. */
export interface EnvironmentCheck {
  readonly facts: PostureFacts;
  /** Why this check is not in the record, or is the first in it; absent where all is well. */
  readonly recordFault?: string;
}

/**
 * Looks at how everything around the key is protected, and records in numbers what that came to. Without a workspace the named places
 * alone are looked at. A record that cannot be read or written makes no check fail. Throws `usage` where there is nothing to check.
 */
export async function checkEnvironment(
  workspace: Workspace | undefined,
  { places: named = {}, columns, answers = [] }: CheckPostureInput,
  { signal, onProgress, audit }: UnaskingContext,
): Promise<EnvironmentCheck> {
  const settings = workspace?.settings;
  const places = { ...posturePlacesOf(settings), ...named };
  if (!workspace && !places.api && !places.qdrant && places.oauth.length + places.keyFiles.length === 0) {
    throw new KeelError('usage', 'there is nothing to check', text`${{ do: 'choose-environment' }}`);
  }
  const facts = await checkPosture(
    {
      places,
      inventory: [...(columns ?? settings?.inventory ?? [])],
      answers: [...(settings?.posture?.answers ?? []), ...answers],
      ...(workspace && {
        database: await workspace.database(),
        keys: await readKeyFacts(homeOf(workspace), workspace.folder),
      }),
      ...(settings?.proof && { proof: settings.proof }),
    },
    {
      signal,
      onProgress: (step, done, total) => onProgress({ step, done, ...(total !== undefined && { total }) }),
    },
  );
  const findings = judgePosture(facts);
  await audit.after({
    ...(workspace && { environment: workspace.id }),
    action: 'posture checked',
    detail: inNumbers(findings),
    outcome: 'done',
  });
  // what was named for this check alone would not compare with the others
  if (!settings || JSON.stringify(places) !== JSON.stringify(posturePlacesOf(settings))) return { facts };
  const counted = countFindings(withWaivers(findings, settings.posture?.waivers ?? [], facts.at));
  const recordFault = await recordedOr(workspace.folder, { at: facts.at, ...counted });
  return { facts, ...(recordFault !== undefined && { recordFault }) };
}

async function recordedOr(folder: string, run: PostureRun): Promise<string | undefined> {
  try {
    const aside = await recordPostureRun(folder, run);
    if (aside === undefined) return undefined;
    return `the record of earlier checks is damaged; it was kept as ${aside}, and a new record begins with this check`;
  } catch (error) {
    return `this check was not added to the record of checks: ${expectedFailure(error).message}`;
  }
}

/** Where an environment's check looks: what was set up, and always the files that a hand-off wrote a key to. */
export function posturePlacesOf(settings: EnvironmentSettings | undefined): PosturePlaces {
  const kept = settings?.posture?.places ?? { oauth: [], keyFiles: [] };
  const handedTo = settings ? handoffFiles(settings) : [];
  return { ...kept, keyFiles: [...new Set([...handedTo, ...kept.keyFiles])] };
}
