import { beforeEach, describe, expect, test } from 'vitest';
import { createIdleLock, type IdleLock } from '#shell/idle-lock';

let now = 0;
let minutes = 5;
let locks = 0;
let idle: IdleLock;

beforeEach(() => {
  now = 1_000_000;
  minutes = 5;
  locks = 0;
  idle = createIdleLock({ minutes: () => minutes, lock: () => void locks++, now: () => now });
});

const rest = (seconds: number) => {
  now += seconds * 1000;
  idle.check();
};

describe('the idle lock', () => {
  test('closes after the minutes set without input', () => {
    rest(299);
    expect(locks).toBe(0);
    rest(1);
    expect(locks).toBe(1);
  });

  test('begins anew with every input', () => {
    rest(299);
    idle.touch();
    rest(299);
    expect(locks).toBe(0);
  });

  test('closes once for a time of rest, and again after the next use', () => {
    rest(300);
    rest(300);
    expect(locks).toBe(1);
    idle.touch();
    rest(300);
    expect(locks).toBe(2);
  });

  test('follows a changed setting at once', () => {
    rest(120);
    minutes = 2;
    idle.check();
    expect(locks).toBe(1);
  });

  test('counts the time that the machine slept', () => {
    rest(8 * 3600);
    expect(locks).toBe(1);
  });
});
