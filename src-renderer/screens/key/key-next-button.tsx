import { Button } from '@mantine/core';
import { useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { Failure } from '#contract/shapes';
import { FailureNotice } from '../../components/failure-notice.tsx';
import type { ScreenId } from '../../history.ts';
import { useNavigation } from '../../navigation.tsx';
import { useClient } from '../../use-client.ts';
import type { KeyNext, KeyStanding } from './key-next.ts';

export interface KeyNextButtonProps {
  readonly environment: EnvironmentCard;
  readonly standing: KeyStanding;
  readonly onGenerated: (fingerprint: string) => Promise<void>;
}

const places: Readonly<Record<Exclude<KeyNext, 'adopt' | 'generate'>, { screen: ScreenId; words: string }>> =
  {
    prove: { screen: 'prove', words: 'Prove it on the database' },
    'back-up': { screen: 'backup', words: 'Back it up' },
    rotate: { screen: 'rotate', words: 'Go to the rotation' },
  };

/** The one primary action: leads on, or makes the new key. */
export function KeyNextButton({ environment, standing, onGenerated }: KeyNextButtonProps) {
  const client = useClient();
  const { go } = useNavigation();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();

  const generate = async () => {
    setBusy(true);
    const result = await client.call('keys.generate', { environment: environment.id });
    setFailure(result.ok ? undefined : result.error);
    if (result.ok) await onGenerated(result.value.fingerprint);
    setBusy(false);
  };

  if (failure) {
    return <FailureNotice failure={failure} environment={environment} onRetry={() => void generate()} />;
  }
  if (standing.next === 'adopt') return null;
  if (standing.next === 'generate') {
    return (
      <Button loading={busy} onClick={() => void generate()}>
        Generate a new key
      </Button>
    );
  }
  const { screen, words } = places[standing.next];
  return <Button onClick={() => go(screen)}>{words}</Button>;
}
