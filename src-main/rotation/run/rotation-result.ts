import type { RotationResult } from '#contract/rotation';
import type { EnvironmentSettings } from '#environments/environment-settings';
import { beyondReach } from '#rotation/beyond-reach';
import type { RunResult } from './run-result.ts';

/** A run's outcome as it is told and kept. */
export function rotationResultOf(
  id: string,
  keys: { readonly from: { readonly fingerprint: string }; readonly to: { readonly fingerprint: string } },
  rehearsal: boolean,
  { undropped, ...result }: RunResult,
): RotationResult {
  return {
    id,
    from: keys.from.fingerprint,
    to: keys.to.fingerprint,
    rehearsal,
    ...result,
    columns: result.columns.map((column) => ({ ...column })),
    ...(undropped && { undropped: { ...undropped, tables: [...undropped.tables] } }),
    at: new Date().toISOString(),
    ...(!rehearsal && {
      beyondReach: beyondReach(
        keys.from.fingerprint,
        result.columns.map(({ entry, rewritten, already }) => ({ entry, values: rewritten + already })),
      ),
    }),
  };
}

/** A committed run as the proof of the key it went to: every value was read back under it and compared. */
export function proofOf({ at, to, columns }: RotationResult): NonNullable<EnvironmentSettings['proof']> {
  const sum = (of: (column: RotationResult['columns'][number]) => number) =>
    columns.reduce((total, column) => total + of(column), 0);
  const opened = sum(({ rewritten, already }) => rewritten + already);
  const values = sum(({ rewritten, left }) => rewritten + left);
  // what was left by name speaks neither for nor against the key
  const isWhole = opened + sum(({ excluded }) => excluded) >= values;
  const bits = sum((column) => column.bits);
  return { at, fingerprint: to, verdict: isWhole ? 'correct' : 'mixed', opened, values, bits };
}
