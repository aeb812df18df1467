import { Button } from '@mantine/core';
import type { EnvironmentCard } from '#contract/environments';
import type { KeyEntry } from '#contract/keys';
import { FooterBar } from '../../components/layout/screen.tsx';
import { useNavigation } from '../../navigation.tsx';
import { unprovenOf } from './artefacts.ts';

export interface BackupNextProps {
  readonly environment: EnvironmentCard;
  readonly candidates: readonly KeyEntry[];
  /** The key that the drill before gave back. */
  readonly justProven: string | undefined;
  readonly onMake: () => void;
}

/** The one next action beside the list of backups. */
export function BackupNext({ environment, candidates, justProven, onMake }: BackupNextProps) {
  const { go } = useNavigation();
  const unproven = unprovenOf(candidates).filter(({ fingerprint }) => fingerprint !== justProven);
  const active = environment.activeKey?.fingerprint;
  const waits = active !== undefined && environment.pendingKey !== undefined;
  const another = (
    <Button variant={justProven === undefined || unproven.length > 0 ? 'filled' : 'default'} onClick={onMake}>
      {unproven.length > 0 ? 'Create a backup' : 'Create another backup'}
    </Button>
  );
  if (unproven.length > 0) {
    const [first] = unproven;
    const which = first?.state === 'active' ? 'active' : 'pending';
    return <FooterBar status={`The ${which} key has no tested backup`} primary={another} />;
  }
  if (justProven === undefined) {
    return <FooterBar status="Every key in use has a tested backup" primary={another} />;
  }
  const [screen, words] = waits
    ? (['rotate', 'Go to rotation'] as const)
    : active === undefined
      ? (['prove', 'Prove it against the database'] as const)
      : (['home', 'Back to Home'] as const);
  return (
    <FooterBar
      status="Backup tested"
      secondary={another}
      primary={<Button onClick={() => go(screen)}>{words}</Button>}
    />
  );
}
