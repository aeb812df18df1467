import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { LastPlace } from '#contract/app';
import { useNavigation } from './navigation.tsx';
import { type ScreenId, screenList } from './screen-list.ts';
import { useClient } from './use-client.ts';

export interface SidebarState {
  readonly folded: boolean;
  readonly toggle: () => void;
}

const SidebarContext = createContext<SidebarState | undefined>(undefined);

/** Whether the sidebar is folded to its icons. Throws outside the app. */
export function useSidebar(): SidebarState {
  const state = useContext(SidebarContext);
  if (!state) throw new Error('there is no sidebar around this component');
  return state;
}

/** Begins where the window was left, in this start or the last one, and keeps where one goes. */
export function LastPlaceProvider({ children }: { readonly children: ReactNode }) {
  const client = useClient();
  const { place, resume } = useNavigation();
  const [sidebar, setSidebar] = useState<LastPlace['sidebar']>();
  const { screen, environment } = place;

  useEffect(() => {
    let over = false;
    const begin = async () => {
      const left = await client.call('app.place', {});
      if (over) return;
      setSidebar(left.ok ? left.value.sidebar : 'open');
      if (!left.ok || !isScreen(left.value.screen)) return;
      resume({
        screen: left.value.screen,
        ...(left.value.environment !== undefined && { environment: left.value.environment }),
      });
    };
    void begin();
    return () => {
      over = true;
    };
  }, [client, resume]);

  useEffect(() => {
    // what is not known yet is not written over
    if (sidebar === undefined) return;
    void client.call('app.keepPlace', { screen, sidebar, ...(environment !== undefined && { environment }) });
  }, [client, screen, environment, sidebar]);

  const state = useMemo<SidebarState>(
    () => ({
      folded: sidebar === 'collapsed',
      toggle: () => setSidebar((before) => (before === 'collapsed' ? 'open' : 'collapsed')),
    }),
    [sidebar],
  );
  return sidebar !== undefined && <SidebarContext value={state}>{children}</SidebarContext>;
}

function isScreen(name: string | undefined): name is ScreenId {
  return name !== undefined && Object.hasOwn(screenList, name);
}
