import { useEffect, useState } from 'react';
import type { PassphraseJudgement } from '#contract/backup';
import { useClient } from '../../../use-client.ts';
import { leastPassphraseLength } from './new-artefact.ts';

/** Not at every key. */
const pauseMs = 250;

/** What a passphrase that is being typed is worth; undefined while it is short, or not judged yet. */
export function useJudgement(passphrase: string): PassphraseJudgement | undefined {
  const client = useClient();
  const [judged, setJudged] = useState<{ readonly of: string; readonly as: PassphraseJudgement }>();

  useEffect(() => {
    if (passphrase.length < leastPassphraseLength) return;
    let stale = false;
    const timer = setTimeout(async () => {
      const result = await client.call('passphrase.judge', { passphrase });
      if (!stale && result.ok) setJudged({ of: passphrase, as: result.value });
    }, pauseMs);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [client, passphrase]);

  return judged?.of === passphrase ? judged.as : undefined;
}
