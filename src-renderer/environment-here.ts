import { createContext, useContext } from 'react';
import type { EnvironmentCard } from '#contract/environments';

/** The environment that the screen in sight works on; none on screens that are about all of them. */
export const EnvironmentHere = createContext<EnvironmentCard | undefined>(undefined);

export function useEnvironmentHere(): EnvironmentCard | undefined {
  return useContext(EnvironmentHere);
}
