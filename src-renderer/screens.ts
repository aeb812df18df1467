import type { ComponentType } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { IconName } from './components/icon.tsx';
import type { ScreenId } from './history.ts';
import { ActivityScreen } from './screens/activity/activity-screen.tsx';
import { ApiKeysScreen } from './screens/api-keys/api-keys-screen.tsx';
import { BackupScreen } from './screens/backup/backup-screen.tsx';
import { ConnectScreen } from './screens/connect/connect-screen.tsx';
import { CredentialsScreen } from './screens/credentials/credentials-screen.tsx';
import { ConnectionsScreen } from './screens/connections/connections-screen.tsx';
import { FleetScreen } from './screens/fleet/fleet-screen.tsx';
import { HandoffScreen } from './screens/handoff/handoff-screen.tsx';
import { HomeScreen } from './screens/home/home-screen.tsx';
import { KeyScreen } from './screens/key/key-screen.tsx';
import { PostureScreen } from './screens/posture/posture-screen.tsx';
import { MatrixScreen } from './screens/matrix/matrix-screen.tsx';
import { ProveScreen } from './screens/prove/prove-screen.tsx';
import { RotateScreen } from './screens/rotate/rotate-screen.tsx';
import { SettingsScreen } from './screens/settings/settings-screen.tsx';

interface Named {
  readonly id: ScreenId;
  /** As the sidebar and the palette call it. */
  readonly title: string;
  readonly icon: IconName;
}

/** One that works on an environment is given it, and is there only while there is one. */
export type ScreenEntry = Named &
  (
    | { readonly needsEnvironment: true; readonly component: ComponentType<{ environment: EnvironmentCard }> }
    | { readonly needsEnvironment: false; readonly component: ComponentType }
  );

/** The screens that Keel has, a line each. */
export const screens: readonly ScreenEntry[] = [
  { id: 'home', title: 'Home', icon: 'home', needsEnvironment: false, component: HomeScreen },
  {
    id: 'connect',
    title: 'Connect a database',
    icon: 'connect',
    needsEnvironment: false,
    component: ConnectScreen,
  },
  { id: 'key', title: 'Key', icon: 'key', needsEnvironment: true, component: KeyScreen },
  { id: 'prove', title: 'Prove', icon: 'prove', needsEnvironment: true, component: ProveScreen },
  {
    id: 'matrix',
    title: 'Key matrix',
    icon: 'matrix',
    needsEnvironment: true,
    component: MatrixScreen,
  },
  { id: 'backup', title: 'Backups', icon: 'backup', needsEnvironment: true, component: BackupScreen },
  { id: 'rotate', title: 'Rotate', icon: 'rotate', needsEnvironment: true, component: RotateScreen },
  { id: 'handoff', title: 'Hand-off', icon: 'handoff', needsEnvironment: true, component: HandoffScreen },
  { id: 'fleet', title: 'Fleet', icon: 'fleet', needsEnvironment: true, component: FleetScreen },
  {
    id: 'credentials',
    title: 'Credentials',
    icon: 'credentials',
    needsEnvironment: true,
    component: CredentialsScreen,
  },
  {
    id: 'connections',
    title: 'Connections',
    icon: 'connections',
    needsEnvironment: true,
    component: ConnectionsScreen,
  },
  { id: 'api-keys', title: 'API keys', icon: 'api-keys', needsEnvironment: true, component: ApiKeysScreen },
  { id: 'posture', title: 'Posture', icon: 'posture', needsEnvironment: true, component: PostureScreen },
  { id: 'activity', title: 'Activity', icon: 'activity', needsEnvironment: false, component: ActivityScreen },
  { id: 'settings', title: 'Settings', icon: 'settings', needsEnvironment: false, component: SettingsScreen },
];

/** The screens that can be opened now. */
export function screensFor(environment: EnvironmentCard | undefined): readonly ScreenEntry[] {
  return screens.filter(({ needsEnvironment }) => !needsEnvironment || environment !== undefined);
}
