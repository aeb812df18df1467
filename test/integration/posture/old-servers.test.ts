import { expect } from 'vitest';
import { rsaPair } from '#test/support/peers/made-certificates';
import { oldTlsServer } from '#test/support/peers/old-tls-server';
import { findings } from '#test/support/peers/posture-findings';
import { test } from '#test/support/temp-folder';

test.for([
  ['SSL 2.0', 0x0002],
  ['SSL 3.0', 0x0300],
] as const)('an API that also speaks %s fails for its versions', async ([name, version], { folder }) => {
  await using server = await oldTlsServer(await rsaPair(folder, 2048), { versions: [version] });
  expect(await findings(folder, { api: server.url })).toMatchObject({
    'api.https': expect.stringMatching(/^pass: .*TLS 1\.3/),
    'api.tls-version': `fail: ${name} is accepted too`,
  });
});

test.for([
  ['with RC4', 0x0005],
  ['with DES', 0x0009],
  ['with triple DES', 0x000a],
  ['with IDEA', 0x0007],
  ['of export strength', 0x0003],
  ['of export strength', 0x0014],
  ['without encryption', 0x0002],
  ['without authentication', 0x001b],
] as const)(
  'an API that also accepts suites %s (%i) fails for them, though this TLS library has none of them',
  async ([kind, suite], { folder }) => {
    await using server = await oldTlsServer(await rsaPair(folder, 2048), { suites: [suite] });
    expect(await findings(folder, { api: server.url })).toMatchObject({
      'api.https': expect.stringMatching(/^pass: .*TLS 1\.3/),
      'api.ciphers': `fail: suites ${kind} are accepted`,
    });
  },
);

test('an API that speaks none of them passes, and says which it was asked for', async ({ folder }) => {
  await using server = await oldTlsServer(await rsaPair(folder, 2048), {});
  expect(await findings(folder, { api: server.url })).toMatchObject({
    'api.tls-version': 'pass: TLS 1.1, TLS 1.0, SSL 3.0 and SSL 2.0 are refused',
    'api.ciphers': expect.stringMatching(/^pass: no suite without encryption, .*with RC4/),
  });
});
