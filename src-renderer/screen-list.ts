import type { ScreenData } from './screen-data.ts';
import { screen as activity } from './screens/activity/screen.ts';
import { screen as apiKeys } from './screens/api-keys/screen.ts';
import { screen as backup } from './screens/backup/screen.ts';
import { screen as connect } from './screens/connect/screen.ts';
import { screen as connections } from './screens/connections/screen.ts';
import { screen as credentials } from './screens/credentials/screen.ts';
import { screen as fleet } from './screens/fleet/screen.ts';
import { screen as handoff } from './screens/handoff/screen.ts';
import { screen as home } from './screens/home/screen.ts';
import { screen as key } from './screens/key/screen.ts';
import { screen as matrix } from './screens/matrix/screen.ts';
import { screen as posture } from './screens/posture/screen.ts';
import { screen as prove } from './screens/prove/screen.ts';
import { screen as restore } from './screens/restore/screen.ts';
import { screen as rotate } from './screens/rotate/screen.ts';
import { screen as settings } from './screens/settings/screen.ts';

/** The screens that Keel has, in the order of sidebar and palette. A screen's id is the name of its folder. */
export const screenList = {
  home,
  connect,
  restore,
  key,
  prove,
  backup,
  matrix,
  rotate,
  handoff,
  fleet,
  credentials,
  connections,
  'api-keys': apiKeys,
  posture,
  activity,
  settings,
} as const satisfies Record<string, ScreenData>;

export type ScreenId = keyof typeof screenList;
type Listed = typeof screenList;

/** Long work that some screen calls its own. */
export type HomedOperation = Listed[ScreenId]['operations'][number];
/** A screen that the native menus have. */
export type MenuScreenId = {
  [Id in ScreenId]: Listed[Id] extends { readonly menu: object } ? Id : never;
}[ScreenId];

/** All of them with their ids. */
export const screenEntries: readonly (ScreenData & { readonly id: ScreenId })[] = Object.entries(
  screenList,
).map(([id, data]) => ({ ...data, id: id as ScreenId }));

const homes = new Map(
  screenEntries.flatMap(({ id, operations }) =>
    operations.map((operation) => [operation as string, id] as const),
  ),
);

/** The screen on which long work and its result are seen in full. */
export function homeOf(operation: HomedOperation): ScreenId {
  return homes.get(operation) as ScreenId;
}
