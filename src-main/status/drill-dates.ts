import type { KeyEntry } from '#keyring/key-entry';
import type { MadeArtefact } from '#contract/key-record';

const dayMs = 86_400_000;

/** When a backup that was proven then wants to be drilled again. */
export function drillDueAt(provenAt: string, everyDays: number): string {
  return new Date(Date.parse(provenAt) + everyDays * dayMs).toISOString();
}

/** The artefacts of a key that were made here and never gave it back. */
export function undrilledOf({ made = [], proofs }: Pick<KeyEntry, 'made' | 'proofs'>): MadeArtefact[] {
  return made.filter(
    ({ artefact, location }) =>
      !proofs.some((proof) => proof.artefact === artefact && proof.location === location),
  );
}
