import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { AppState } from '#contract/app';
import type { EnvironmentCard } from '#contract/environments';
import { chosenOf } from './chosen-environment.ts';
import { useNavigation } from './navigation.tsx';
import { type Called, useCall } from './use-call.ts';

export interface Session {
  readonly app: AppState;
  readonly environments: Called<EnvironmentCard[]>;
}

const SessionContext = createContext<Session | undefined>(undefined);

/** The app's state and its environments, while it is unlocked. Throws outside the app. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('there is no session around this component');
  return session;
}

/** The environment that the screens work on; undefined where there is none, or none is chosen. */
export function useChosenEnvironment(): EnvironmentCard | undefined {
  const { environments } = useSession();
  const { place } = useNavigation();
  return chosenOf(environments.value ?? [], place.environment);
}

/** Asks for the environments once for all screens. */
export function SessionProvider({ app, children }: { readonly app: AppState; readonly children: ReactNode }) {
  const environments = useCall('environments.list', {});
  const session = useMemo(() => ({ app, environments }), [app, environments]);
  return <SessionContext value={session}>{children}</SessionContext>;
}
