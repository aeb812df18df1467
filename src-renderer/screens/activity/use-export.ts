import { useState } from 'react';
import type { Failure } from '#contract/shapes';
import { useClient } from '../../use-client.ts';

export interface Exporting {
  readonly failure: Failure | undefined;
  readonly saved: { readonly path: string; readonly entries: number } | undefined;
  /** Asks for a file and writes the entries of one environment, or of all. */
  readonly start: (environment: string | null) => Promise<void>;
}

/** Writes the activity log to a file that the native dialog names. */
export function useExport(): Exporting {
  const client = useClient();
  const [failure, setFailure] = useState<Failure>();
  const [saved, setSaved] = useState<Exporting['saved']>();

  const start = async (environment: string | null) => {
    setFailure(undefined);
    setSaved(undefined);
    const chosen = await client.call('files.choose', {
      purpose: 'save-activity',
      suggestedName: 'keel-activity.csv',
    });
    if (!chosen.ok) setFailure(chosen.error);
    if (!chosen.ok || chosen.value.path === undefined) return;
    const { path } = chosen.value;
    const written = await client.call('activity.export', {
      path,
      ...(environment !== null && { environment }),
    });
    if (written.ok) setSaved({ path, entries: written.value.entries });
    else setFailure(written.error);
  };

  return { failure, saved, start };
}
