import { createContext, useContext } from 'react';
import type { EnvironmentCard } from '#contract/environments';

/** The environment that the screen in sight works on; none on screens that are about all of them. */
export const EnvironmentHere = createContext<EnvironmentCard | undefined>(undefined);

/** What the application of that environment is called; Ballast on screens that are about none. */
export function useApplicationName(): string {
  return useEnvironmentHere()?.application.name ?? 'Ballast';
}

export function useEnvironmentHere(): EnvironmentCard | undefined {
  return useContext(EnvironmentHere);
}
