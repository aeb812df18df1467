import type { EnvironmentCard } from '#contract/environments';
import { nextSteps } from '../../components/environments/next-steps.ts';
import { useUnlocking } from '../../components/environments/unlocking.tsx';
import { useNavigation } from '../../navigation.tsx';

/** Goes to where the next step of an environment is done, or asks for what unlocks it. */
export function useProceed(): (card: EnvironmentCard) => void {
  const { go } = useNavigation();
  const unlock = useUnlocking();
  return (card) => {
    const { screen } = nextSteps[card.next.action];
    if (screen === 'unlock') void unlock(card);
    else go(screen, card.id);
  };
}
