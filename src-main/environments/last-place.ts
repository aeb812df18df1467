import { join } from 'node:path';
import { type LastPlace, lastPlace } from '#contract/app';
import { changeState, readState } from '#storage/state-file';
import { stateKind } from '#storage/state-kind';

export const placeKind = stateKind({
  file: 'window/place.json',
  what: 'the last place in the window',
  version: 1,
  schema: lastPlace,
  remedy: 'nothing has to be done: it is saved again',
  replaceable: true,
});

const somewhere: LastPlace = { sidebar: 'open' };

/** Where the window was left; at the beginning where that is not known. */
export async function readLastPlace(home: string): Promise<LastPlace> {
  try {
    return (await readState(placeKind, pathIn(home))) ?? somewhere;
  } catch {
    return somewhere;
  }
}

/** Keeps where one is. What cannot be written is forgotten, and a newer Keel's file stays. */
export async function keepLastPlace(home: string, place: LastPlace): Promise<void> {
  await changeState(placeKind, pathIn(home), () => place).catch(() => {});
}

function pathIn(home: string): string {
  return join(home, 'window', 'place.json');
}
