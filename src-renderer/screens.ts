import type { ComponentType } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { ScreenData } from './screen-data.ts';
import { screenEntries, type screenList, type ScreenId } from './screen-list.ts';
import { ActivityScreen } from './screens/activity/activity-screen.tsx';
import { ApiKeysScreen } from './screens/api-keys/api-keys-screen.tsx';
import { BackupScreen } from './screens/backup/backup-screen.tsx';
import { ConnectScreen } from './screens/connect/connect-screen.tsx';
import { ConnectionsScreen } from './screens/connections/connections-screen.tsx';
import { CredentialsScreen } from './screens/credentials/credentials-screen.tsx';
import { FleetScreen } from './screens/fleet/fleet-screen.tsx';
import { HandoffScreen } from './screens/handoff/handoff-screen.tsx';
import { HomeScreen } from './screens/home/home-screen.tsx';
import { KeyScreen } from './screens/key/key-screen.tsx';
import { MatrixScreen } from './screens/matrix/matrix-screen.tsx';
import { PostureScreen } from './screens/posture/posture-screen.tsx';
import { ProveScreen } from './screens/prove/prove-screen.tsx';
import { RestoreScreen } from './screens/restore/restore-screen.tsx';
import { RotateScreen } from './screens/rotate/rotate-screen.tsx';
import { SettingsScreen } from './screens/settings/settings-screen.tsx';

/** What each screen shows: one that works on an environment is given it. */
const components: {
  readonly [Id in ScreenId]: (typeof screenList)[Id]['needsEnvironment'] extends true
    ? ComponentType<{ environment: EnvironmentCard }>
    : ComponentType;
} = {
  home: HomeScreen,
  connect: ConnectScreen,
  restore: RestoreScreen,
  key: KeyScreen,
  prove: ProveScreen,
  backup: BackupScreen,
  matrix: MatrixScreen,
  rotate: RotateScreen,
  handoff: HandoffScreen,
  fleet: FleetScreen,
  credentials: CredentialsScreen,
  connections: ConnectionsScreen,
  'api-keys': ApiKeysScreen,
  posture: PostureScreen,
  activity: ActivityScreen,
  settings: SettingsScreen,
};

export type ScreenEntry = ScreenData & { readonly id: ScreenId } & (
    | { readonly needsEnvironment: true; readonly component: ComponentType<{ environment: EnvironmentCard }> }
    | { readonly needsEnvironment: false; readonly component: ComponentType }
  );

/** The screens that Keel has, with what they show. */
export const screens = screenEntries.map(
  (entry) => ({ ...entry, component: components[entry.id] }) as ScreenEntry,
);

/** The screens that can be opened now. */
export function screensFor(environment: EnvironmentCard | undefined): readonly ScreenEntry[] {
  return screens.filter(({ needsEnvironment }) => !needsEnvironment || environment !== undefined);
}
