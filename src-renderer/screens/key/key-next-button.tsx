import { Button } from '@mantine/core';
import type { ScreenId } from '../../screen-list.ts';
import { useNavigation } from '../../navigation.tsx';
import type { KeyNext } from './key-next.ts';

export interface KeyNextButtonProps {
  readonly next: KeyNext;
  readonly busy: boolean;
  readonly onGenerate: () => void;
}

const places: Readonly<Record<Exclude<KeyNext, 'adopt' | 'generate'>, { screen: ScreenId; words: string }>> =
  {
    prove: { screen: 'prove', words: 'Prove it against the database' },
    'back-up': { screen: 'backup', words: 'Back it up' },
    rotate: { screen: 'rotate', words: 'Go to rotation' },
  };

/** The one primary action: leads on, or makes the new key. */
export function KeyNextButton({ next, busy, onGenerate }: KeyNextButtonProps) {
  const { go } = useNavigation();
  if (next === 'adopt') return null;
  if (next === 'generate') {
    return (
      <Button loading={busy} onClick={onGenerate}>
        Generate a new key
      </Button>
    );
  }
  const { screen, words } = places[next];
  return <Button onClick={() => go(screen)}>{words}</Button>;
}
