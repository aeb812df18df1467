import { createContext, useContext } from 'react';
import type { Client } from './client.ts';

export const ClientContext = createContext<Client | undefined>(undefined);

/** The main process. Throws outside the app. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error('there is no client around this component');
  return client;
}
