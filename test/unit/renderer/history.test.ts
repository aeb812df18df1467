import { expect, test } from 'vitest';
import {
  beginAt,
  type History,
  placeOf,
  settledAt,
  step,
  visit,
  withoutEnvironment,
} from '../../../src-renderer/history.ts';

const home = beginAt({ screen: 'home' });
const walked = [
  { screen: 'key', environment: 'acme' },
  { screen: 'prove', environment: 'acme' },
] as const;
const atProve = walked.reduce<History>(visit, home);

test('going back and forward walks the visits and stops at either end', () => {
  const back = step(atProve, -1);
  expect(placeOf(back).screen).toBe('key');
  expect(placeOf(step(back, -1)).screen).toBe('home');
  expect(step(step(back, -1), -1)).toEqual(step(back, -1));
  expect(placeOf(step(back, 1)).screen).toBe('prove');
  expect(step(atProve, 1)).toBe(atProve);
});

test('a visit after going back drops what lay ahead', () => {
  const branched = visit(step(atProve, -1), { screen: 'backup', environment: 'acme' });
  expect(branched.places.map(({ screen }) => screen)).toEqual(['home', 'key', 'backup']);
  expect(step(branched, 1)).toBe(branched);
});

test('visiting the place where one is changes nothing', () => {
  expect(visit(atProve, { screen: 'prove', environment: 'acme' })).toBe(atProve);
  expect(visit(atProve, { screen: 'prove', environment: 'staging' })).not.toBe(atProve);
});

test('history does not grow without bound, and the last visit stays where one is', () => {
  let history: History = home;
  for (let i = 0; i < 500; i += 1) history = visit(history, { screen: i % 2 ? 'key' : 'prove' });
  expect(history.places.length).toBeLessThanOrEqual(50);
  expect(placeOf(history)).toEqual({ screen: 'key' });
});

test('the screens of an environment that is gone become Home, so that no other one takes its place unasked', () => {
  const mixed = visit(atProve, { screen: 'key', environment: 'staging' });
  const kept = withoutEnvironment(mixed, (environment) => environment === 'acme');
  expect(kept.places).toEqual([
    { screen: 'home' },
    { screen: 'home' },
    { screen: 'home' },
    { screen: 'key', environment: 'staging' },
  ]);
  const settings = visit(home, { screen: 'settings', environment: 'acme' });
  expect(placeOf(withoutEnvironment(settings, () => true))).toEqual({ screen: 'settings' });
  expect(withoutEnvironment(mixed, () => false)).toBe(mixed);
});

test('a screen stays with the environment that it showed, whichever comes later', () => {
  const key = visit(home, { screen: 'key' });
  expect(placeOf(settledAt(key, 'acme'))).toEqual({ screen: 'key', environment: 'acme' });
  expect(settledAt(atProve, 'acme')).toBe(atProve);
});
