import { expect, test } from '@playwright/test';
import { matchesAccelerator } from '../../host/electron/accelerator.ts';
import { appSchemes, toAppUrl, toPageUrl } from '../../host/chromium/addresses.ts';
import { modelled, StrictEmitter } from '../../host/electron/strict.ts';
import { wire } from '../../host/chromium/wire.ts';

test.describe('the wire of the host', () => {
  const values: readonly unknown[] = [
    undefined,
    null,
    -0,
    Number.NaN,
    12n,
    new Date(5),
    new Uint8Array([0, 255]),
    new Map<unknown, unknown>([[{ a: 1 }, new Set([undefined])]]),
    { nested: [{ absent: undefined }], '': 'empty key' },
    JSON.parse('{"__proto__": {"polluted": true}}'),
  ];
  test('keeps what the structured clone keeps', () => {
    for (const value of values) expect(wire.decode(wire.encode(value))).toStrictEqual(structuredClone(value));
  });

  test('carries no function and no cycle', () => {
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    expect(() => wire.encode(() => 1)).toThrow(/could not be cloned/);
    expect(() => wire.encode(cycle)).toThrow(/cycle/);
  });

  test('lets no key reach the prototype', () => {
    wire.decode(wire.encode(JSON.parse('{"__proto__": {"polluted": true}}')));
    expect('polluted' in {}).toBe(false);
  });
});

test.describe('the model of the host', () => {
  test('throws for what it does not know, read, set or listened to', () => {
    const thing = modelled('thing', { known: 1 });
    expect(thing.known).toBe(1);
    expect(() => Reflect.get(thing, 'unknown')).toThrow("does not model Electron's thing.unknown");
    expect(() => Reflect.set(thing, 'unknown', 1)).toThrow("does not model Electron's thing.unknown =");
    expect(() => new StrictEmitter('source', ['known']).on('unknown', () => undefined)).toThrow(
      "does not model Electron's source.on('unknown')",
    );
  });

  test('translates the address of the app and no other', () => {
    appSchemes.add('keel');
    expect(toPageUrl('keel://app/a?b#c')).toBe('http://keel.localhost/a?b#c');
    expect(toAppUrl('http://keel.localhost')).toBe('keel://app');
    for (const other of [
      'http://keel.localhost.example.org/',
      'http://other.localhost/',
      'https://keel.localhost/',
    ]) {
      expect(toAppUrl(other)).toBe(other);
    }
    expect(toPageUrl('keel://elsewhere/')).toBe('keel://elsewhere/');
  });

  test('knows a shortcut by all of its keys', () => {
    const pressed = { key: 'H', code: 'KeyH', shift: true, control: true, alt: false, meta: false };
    const keys = process.platform === 'darwin' ? { ...pressed, control: false, meta: true } : pressed;
    expect(matchesAccelerator('CmdOrCtrl+Shift+H', keys)).toBe(true);
    expect(matchesAccelerator('CmdOrCtrl+H', keys)).toBe(false);
    expect(matchesAccelerator('CmdOrCtrl+Shift+H', { ...keys, alt: true })).toBe(false);
  });
});
