import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { Failure } from '#contract/shapes';
import { UnlockDialog } from './unlock-dialog.tsx';

/** Asks for what has to be typed once a session, or again after a failure. True once it was given and accepted. */
export type Unlock = (environment: EnvironmentCard, because?: Failure) => Promise<boolean>;

interface Asked {
  readonly environment: EnvironmentCard;
  readonly because: Failure | undefined;
}

const UnlockingContext = createContext<Unlock | undefined>(undefined);

/** Opens the one dialog for passwords and passphrases, from any screen. Throws outside the app. */
export function useUnlocking(): Unlock {
  const unlock = useContext(UnlockingContext);
  if (!unlock) throw new Error('there is no unlocking around this component');
  return unlock;
}

/** Holds the dialog. */
export function UnlockingProvider({ children }: { readonly children: ReactNode }) {
  const [asked, setAsked] = useState<Asked>();
  const answer = useRef<(given: boolean) => void>(undefined);

  const unlock = useCallback<Unlock>((environment, because) => {
    answer.current?.(false);
    setAsked({ environment, because });
    return new Promise((resolve) => {
      answer.current = resolve;
    });
  }, []);

  const settle = (given: boolean) => {
    answer.current?.(given);
    answer.current = undefined;
    setAsked(undefined);
  };

  return (
    <UnlockingContext value={unlock}>
      {children}
      {asked && <UnlockDialog key={asked.environment.id} {...asked} onSettled={settle} />}
    </UnlockingContext>
  );
}
