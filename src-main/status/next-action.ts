import type { EnvironmentCard, NextAction } from '#contract/environments';
import { counted } from '#shared/counted';

/** What the one next action of an environment follows from. */
export type EnvironmentStatus = Omit<EnvironmentCard, 'next'> & {
  /** A rotation whose outcome is not settled. */
  readonly unsettled: boolean;
};

const dayMs = 86_400_000;
/** A key older than this is due for rotation. */
const keyDays = 365;
/** Rows written since may be encrypted with another key. */
const proofDays = 90;

/** The one thing to do next, the most pressing first, and why in a sentence without its full stop. */
export function nextAction(status: EnvironmentStatus, now: Date): { action: NextAction; why: string } {
  const { needs, activeKey, pendingKey, proof, lastRotation, application } = status;
  const ageDays = (time: string) => Math.floor((now.getTime() - Date.parse(time)) / dayMs);
  if (needs.length > 0) {
    const what = needs.includes('passphrase')
      ? 'The encrypted key file is locked'
      : 'The database password is needed';
    return { action: 'unlock', why: what };
  }
  if (status.unsettled) return { action: 'recover', why: 'A rotation was interrupted' };
  if (lastRotation && !lastRotation.handedOff)
    return {
      action: 'hand-off',
      why: lastRotation.undone
        ? `${application.name} does not have the restored key yet`
        : `${application.name} does not have the new key yet`,
    };
  if (!activeKey && !pendingKey) return { action: 'adopt-key', why: 'Keel does not know the key yet' };
  if (status.columns === 0)
    return { action: 'discover', why: 'The encrypted columns have not been identified yet' };
  if (!proof) return { action: 'prove', why: 'The key has not been proven against the database' };
  if (!activeKey) return { action: 'prove', why: 'The key does not decrypt every value' };
  if (!activeKey.provenAt && activeKey.undrilled === true)
    return { action: 'drill', why: 'A backup was created, but not tested yet' };
  if (!activeKey.provenAt) {
    const credentials = counted(proof.values, 'credential');
    return { action: 'back-up', why: `If this key is lost, so are ${credentials}` };
  }
  if (lastRotation && !lastRotation.fleet && !lastRotation.confirmed)
    return { action: 'sweep', why: 'Rows may have been written with the old key since' };
  if (pendingKey) return { action: 'rotate', why: 'A new key is ready to rotate to' };
  if (proof.verdict !== 'correct') return { action: 'prove', why: 'The key does not decrypt every value' };
  const { adopted, createdAt, activatedAt = createdAt } = activeKey;
  // an adopted key is at least as old as Keel knows it
  if (ageDays(adopted ? createdAt : activatedAt) >= keyDays)
    return { action: 'rotate', why: 'The key is over a year old' };
  if (activeKey.drillDueAt !== undefined && Date.parse(activeKey.drillDueAt) <= now.getTime())
    return { action: 'drill', why: `The backup was last tested ${ageDays(activeKey.provenAt)} days ago` };
  if (ageDays(proof.at) >= proofDays)
    return { action: 'prove', why: 'The key was last proven three months ago' };
  return {
    action: 'nothing',
    why: adopted ? 'Nothing is due, but the age of the key is unknown' : 'Nothing to do',
  };
}
