import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { beginAt, type Place, placeOf, settledAt, step, visit, withoutEnvironment } from './history.ts';
import type { ScreenId } from './screen-list.ts';

export interface Navigation {
  readonly place: Place;
  readonly canGoBack: boolean;
  readonly canGoForward: boolean;
  /** Goes to a screen; the environment stays as it is unless one is named. */
  readonly go: (screen: ScreenId, environment?: string, intent?: Place['intent']) => void;
  /** The screen in sight works on this environment from now on, whichever comes later. */
  readonly settle: (environment: string) => void;
  /** Begins where one was the last time, unless one has gone elsewhere already. */
  readonly resume: (place: Place) => void;
  readonly back: () => void;
  readonly forward: () => void;
  /** Forgets places of environments that are not among these. */
  readonly keep: (environments: readonly string[]) => void;
}

const NavigationContext = createContext<Navigation | undefined>(undefined);

/** Where one is and how one gets elsewhere. Throws outside the app. */
export function useNavigation(): Navigation {
  const navigation = useContext(NavigationContext);
  if (!navigation) throw new Error('there is no navigation around this component');
  return navigation;
}

/** Holds the history of visits, also while the app is locked. */
export function NavigationProvider({ children }: { readonly children: ReactNode }) {
  const [history, setHistory] = useState(() => beginAt({ screen: 'home' }));

  // the steps never change, so that effects may name them
  const steps = useMemo(
    () => ({
      go: (screen: ScreenId, environment?: string, intent?: Place['intent']) =>
        setHistory((before) => {
          const chosen = environment ?? placeOf(before).environment;
          return visit(before, {
            screen,
            ...(chosen !== undefined && { environment: chosen }),
            ...(intent && { intent }),
          });
        }),
      settle: (environment: string) => setHistory((before) => settledAt(before, environment)),
      resume: (place: Place) =>
        setHistory((before) => (before.places.length === 1 ? beginAt(place) : before)),
      back: () => setHistory((before) => step(before, -1)),
      forward: () => setHistory((before) => step(before, 1)),
      keep: (environments: readonly string[]) =>
        setHistory((before) =>
          withoutEnvironment(before, (environment) => !environments.includes(environment)),
        ),
    }),
    [],
  );
  const navigation = useMemo<Navigation>(
    () => ({
      ...steps,
      place: placeOf(history),
      canGoBack: history.at > 0,
      canGoForward: history.at < history.places.length - 1,
    }),
    [history, steps],
  );
  return <NavigationContext value={navigation}>{children}</NavigationContext>;
}
