import { MantineProvider } from '@mantine/core';
import { useColorScheme } from '@mantine/hooks';
import { useEffect } from 'react';
import type { AppState } from '#contract/app';
import type { Client } from './client.ts';
import { asSentence } from './components/format.ts';
import { Notice } from './components/notices/notice.tsx';
import { UnlockingProvider } from './components/environments/unlocking.tsx';
import { FaultBoundary } from './frame/fault-boundary.tsx';
import { Frame } from './frame/frame.tsx';
import { LockScreen } from './frame/lock-screen.tsx';
import { LastPlaceProvider } from './last-place.tsx';
import { NavigationProvider } from './navigation.tsx';
import { SessionProvider } from './session.tsx';
import { followTokens, theme } from './theme.ts';
import { appChanged, useCall } from './use-call.ts';
import { ClientContext, useClient } from './use-client.ts';

/** The whole window. */
export function App({ client, nonce }: { readonly client: Client; readonly nonce: string }) {
  return (
    <ClientContext value={client}>
      <NavigationProvider>
        <Themed nonce={nonce} />
      </NavigationProvider>
    </ClientContext>
  );
}

function Themed({ nonce }: { readonly nonce: string }) {
  const app = useCall('app.state', {}, { reloadOn: appChanged });
  const system = useColorScheme('light', { getInitialValueInEffect: false });
  const chosen = app.value?.theme ?? 'system';
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={followTokens}
      forceColorScheme={chosen === 'system' ? system : chosen}
      getStyleNonce={() => nonce}
    >
      <FaultBoundary>
        {app.failure && (
          <Notice
            live
            tone="stop"
            title={asSentence(app.failure.message)}
            remedy={asSentence(app.failure.remedy)}
          />
        )}
        {app.value && <Gate app={app.value} />}
      </FaultBoundary>
    </MantineProvider>
  );
}

/** While the app is locked nothing of it is in the document. */
function Gate({ app }: { readonly app: AppState }) {
  const client = useClient();
  const { locked } = app;

  useEffect(() => {
    if (!locked) void client.resume();
  }, [client, locked]);

  if (locked) return <LockScreen app={app} />;
  return (
    <SessionProvider app={app}>
      <UnlockingProvider>
        <LastPlaceProvider>
          <Frame />
        </LastPlaceProvider>
      </UnlockingProvider>
    </SessionProvider>
  );
}
