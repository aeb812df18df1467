import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appEvent } from '#contract/app';
import { procedures } from '#contract/procedures';
import { screenGroups } from '../../../src-renderer/screen-data.ts';
import { homeOf, screenEntries } from '../../../src-renderer/screen-list.ts';

const folder = join(import.meta.dirname, '../../../src-renderer/screens');
const twice = (values: readonly (string | undefined)[]) =>
  values.filter((value, at) => value !== undefined && values.indexOf(value) !== at);

test('every folder of a screen is listed under its name', async () => {
  expect((await readdir(folder)).toSorted()).toEqual(screenEntries.map(({ id }) => id).toSorted());
});

test('what a screen says of itself is data: it takes types alone, so that the main process can read it', async () => {
  for (const { id } of screenEntries) {
    const text = await readFile(join(folder, id, 'screen.ts'), 'utf8');
    expect(text.match(/^import (?!type )/gm), id).toBeNull();
  }
});

test('no two screens share a title, an icon or a shortcut', () => {
  expect(twice(screenEntries.map(({ title }) => title))).toEqual([]);
  expect(twice(screenEntries.map(({ icon }) => icon))).toEqual([]);
  expect(twice(screenEntries.map(({ shortcut }) => shortcut))).toEqual([]);
});

test('every long procedure is seen in full on one screen', () => {
  const long = Object.entries(procedures).flatMap(([name, { long }]) => (long ? [name] : []));
  const homed = screenEntries.flatMap(({ operations }) => operations as readonly string[]);
  expect(homed.toSorted()).toEqual(long.toSorted());
  expect(homeOf('rotation.sweep')).toBe('handoff');
});

test('the native menus can choose the screens that say so, and each has a shortcut', () => {
  const inMenus = screenEntries.filter(({ menu }) => menu);
  expect(inMenus.filter(({ shortcut }) => shortcut === undefined)).toEqual([]);
  for (const { id } of inMenus) expect(appEvent.safeParse({ kind: 'menu', item: id }).success).toBe(true);
});

test('the sidebar lists every screen but where one begins, group by group in the order of the list', () => {
  const listed = screenGroups.flatMap((group) => screenEntries.filter((screen) => screen.group === group));
  expect(listed).toEqual(screenEntries.filter(({ id }) => !['connect', 'restore'].includes(id)));
});
