import { useState } from 'react';
import type { Failure } from '#contract/shapes';
import { useClient } from '../../use-client.ts';
import type { Adopted } from './adopt-key.tsx';

/** What was done to the key ring last, while this screen is open. */
export type KeyChange =
  | ({ readonly kind: 'adopted' } & Adopted)
  | { readonly kind: 'generated'; readonly fingerprint: string }
  | { readonly kind: 'destroyed'; readonly fingerprint: string };

export interface KeyChanges {
  readonly change: KeyChange | undefined;
  readonly failure: Failure | undefined;
  readonly busy: boolean;
  /** Tells what was done elsewhere. */
  readonly tell: (change: KeyChange) => Promise<void>;
  /** The new key's fingerprint, if there is one now. */
  readonly generate: () => Promise<string | undefined>;
  /** Does again what failed. */
  readonly retry: () => void;
}

/** What changes the key ring here, one at a time; the ring is read again after each. */
export function useKeyChanges(environment: string, reload: () => Promise<void>): KeyChanges {
  const client = useClient();
  const [change, setChange] = useState<KeyChange>();
  const [failed, setFailed] = useState<{
    readonly failure: Failure;
    readonly again: () => Promise<unknown>;
  }>();
  const [busy, setBusy] = useState(false);

  const tell = async (next: KeyChange) => {
    setFailed(undefined);
    setChange(next);
    await reload();
  };

  const generate = async (): Promise<string | undefined> => {
    setBusy(true);
    const result = await client.call('keys.generate', { environment });
    setBusy(false);
    if (!result.ok) {
      setFailed({ failure: result.error, again: generate });
      return undefined;
    }
    await tell({ kind: 'generated', fingerprint: result.value.fingerprint });
    return result.value.fingerprint;
  };

  return {
    change,
    failure: failed?.failure,
    busy,
    tell,
    generate,
    retry: () => void failed?.again(),
  };
}
