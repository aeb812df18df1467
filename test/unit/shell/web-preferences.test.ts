import { readFileSync } from 'node:fs';
import type { Session } from 'electron';
import { describe, expect, test } from 'vitest';
import { webPreferences } from '#shell/policy/web-preferences';

const preferences = (isPackaged: boolean) =>
  webPreferences({ session: {} as Session, preload: '/app/preload.cjs', isPackaged });

describe('the page', () => {
  test('runs in a sandbox of its own world, without Node', () => {
    expect(preferences(true)).toEqual({
      session: {},
      preload: '/app/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      spellcheck: false,
      disableDialogs: true,
      navigateOnDragDrop: false,
      devTools: false,
    });
  });

  test('has developer tools only while developing', () => {
    expect([preferences(true).devTools, preferences(false).devTools]).toEqual([false, true]);
  });

  test('starts from a preload script that loads nothing but electron', () => {
    // what it imports is bundled into it; the sandbox could not load it
    const source = readFileSync(new URL('../../../src-main/preload.ts', import.meta.url), 'utf8');
    expect([...source.matchAll(/from '([^']+)'/g)].map(([, from]) => from)).toEqual([
      'electron',
      '#shell/channels',
    ]);
  });
});

describe('the package', () => {
  const config = readFileSync(new URL('../../../electron-builder.yml', import.meta.url), 'utf8');

  test.for([
    ['runAsNode', false],
    ['enableCookieEncryption', true],
    ['enableNodeOptionsEnvironmentVariable', false],
    ['enableNodeCliInspectArguments', false],
    ['enableEmbeddedAsarIntegrityValidation', true],
    ['onlyLoadAppFromAsar', true],
    ['grantFileProtocolExtraPrivileges', false],
  ] as const)('has the fuse %s set to %s', ([fuse, value]) => {
    const fuses = /^electronFuses:\n((?: {2}.*\n)+)/m.exec(config)?.[1] ?? '';
    expect(fuses).toContain(`  ${fuse}: ${value}\n`);
  });

  test('keeps the app in an archive', () => {
    expect(config).toMatch(/^asar: true$/m);
  });
});
