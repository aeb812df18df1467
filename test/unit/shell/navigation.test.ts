import { describe, expect, test } from 'vitest';
import { mayLoad } from '#shell/policy/navigation';
import { isAppUrl } from '#shell/policy/origin';
import { mayRequest } from '#shell/policy/session';

describe('the window loads', () => {
  test.for(['keel://app/', 'keel://app/#/rotate'])('%s', (address) => {
    expect(mayLoad(address)).toBe(true);
  });
});

describe('the window does not load', () => {
  test.for([
    'https://example.org/',
    'http://app/',
    'keel://app/assets/index.js',
    'keel://app.example.org/',
    'keel://other/',
    'keel://user@app/',
    'file:///etc/passwd',
    'data:text/html,hello',
    'javascript:alert(1)',
    'about:blank',
    'blob:keel://app/1',
    'view-source:keel://app/',
    '',
  ])('%s', (address) => {
    expect(mayLoad(address)).toBe(false);
  });
});

describe('the scheme serves', () => {
  test.for([
    ['keel://app/', true],
    ['keel://app/assets/index.js', true],
    ['keel://other/', false],
    ['keel://app:80/', false],
    ['keel://user@app/', false],
    ['keels://app/', false],
    ['nothing', false],
  ] as const)('%s: %s', ([address, served]) => {
    expect(isAppUrl(address)).toBe(served);
  });
});

describe('the session lets through', () => {
  test.for([
    ['keel://app/assets/index.js', true],
    ['https://example.org/', false],
    ['http://localhost/', false],
    ['ws://localhost/', false],
    ['file:///etc/passwd', false],
    ['ftp://example.org/', false],
    ['devtools://devtools/bundled/inspector.html', false],
    ['', false],
  ] as const)('%s: %s', ([address, allowed]) => {
    expect(mayRequest(address, true)).toBe(allowed);
  });

  test('the inspector only while developing', () => {
    expect(mayRequest('devtools://devtools/bundled/inspector.html', false)).toBe(true);
    expect(mayRequest('https://example.org/', false)).toBe(false);
  });
});
