import type { HandoffTarget } from '#contract/handoff';
import { type ScreenId, screenList } from './screen-list.ts';

/** Where one is: a screen, and the environment that is chosen meanwhile. */
export interface Place {
  readonly screen: ScreenId;
  readonly environment?: string;
  /** What one came for, where the screen offers several things: a key from a backup, a hand-off to a place. */
  readonly intent?: 'restore' | { readonly handoff: HandoffTarget };
}

/** Places in the order of their visits. Pure: each step answers a new one. */
export interface History {
  readonly places: readonly [Place, ...Place[]];
  readonly at: number;
}

/** Further back than this nobody goes. */
const maxPlaces = 50;

export function beginAt(place: Place): History {
  return { places: [place], at: 0 };
}

export function placeOf({ places, at }: History): Place {
  return places[at] ?? places[0];
}

/** Goes to a place; what lay ahead is gone. Going where one is changes nothing. */
export function visit(history: History, place: Place): History {
  if (isSame(placeOf(history), place)) return history;
  const kept = history.places.slice(0, history.at + 1).slice(1 - maxPlaces);
  const places = [...kept, place] as unknown as History['places'];
  return { places, at: places.length - 1 };
}

/** One step back (-1) or forward (1); at either end nothing changes. */
export function step(history: History, by: -1 | 1): History {
  const at = history.at + by;
  return at < 0 || at >= history.places.length ? history : { ...history, at };
}

/**
 * Takes an environment that is gone out of all places. A screen that worked on it becomes the first one: another environment must not
 * take its place unasked.
 */
export function withoutEnvironment(history: History, gone: (environment: string) => boolean): History {
  const isGone = ({ environment }: Place) => environment !== undefined && gone(environment);
  if (!history.places.some(isGone)) return history;
  const [first, ...others] = history.places.map((place): Place => {
    if (!isGone(place)) return place;
    return { screen: screenList[place.screen].needsEnvironment ? 'home' : place.screen };
  });
  return first ? { ...history, places: [first, ...others] } : history;
}

/** The present place with the environment that its screen shows, so that another one which comes later does not take its place. */
export function settledAt(history: History, environment: string): History {
  const { screen, intent } = placeOf(history);
  const settled = { screen, environment, ...(intent && { intent }) };
  if (isSame(placeOf(history), settled)) return history;
  const places = history.places.map((place, at) => (at === history.at ? settled : place));
  return { ...history, places: places as unknown as History['places'] };
}

function isSame(one: Place, other: Place): boolean {
  return one.screen === other.screen && one.environment === other.environment && one.intent === other.intent;
}
