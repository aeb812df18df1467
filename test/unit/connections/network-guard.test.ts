import { expect, test } from 'vitest';
import { isPublic, pinnedLookup, resolveTarget } from '#connections/probes/network-guard';

const signal = new AbortController().signal;

test('private, loopback, link-local, metadata and reserved addresses are not public, in whatever clothes', () => {
  for (const address of [
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '::1',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    'fe80::1%eth0',
    'not an address',
  ]) {
    expect(isPublic(address), address).toBe(false);
  }
  for (const address of ['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '::ffff:8.8.8.8']) {
    expect(isPublic(address), address).toBe(true);
  }
});

test('a name that leads to one private address among public ones is refused', async () => {
  const resolve = async () => [
    { address: '8.8.8.8', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ];
  await expect(
    resolveTarget('two-faced.example.com', { allowPrivate: false, signal, resolve }),
  ).rejects.toMatchObject({ reason: 'private-target' });
  expect(await resolveTarget('two-faced.example.com', { allowPrivate: true, signal, resolve })).toHaveLength(
    2,
  );
});

test('addresses written as numbers are judged without a look-up', async () => {
  const resolve = async () => Promise.reject(new Error('asked'));
  for (const host of ['127.0.0.1', '[::1]', '169.254.169.254']) {
    await expect(resolveTarget(host, { allowPrivate: false, signal, resolve })).rejects.toMatchObject({
      reason: 'private-target',
    });
  }
});

test('what was resolved is answered again, whatever the name server says by then', () => {
  const lookup = pinnedLookup([{ address: '8.8.8.8', family: 4 }]);
  const answers: unknown[] = [];
  lookup('rebound.example.com', { all: true }, (...answer) => answers.push(answer));
  lookup('rebound.example.com', {}, (...answer) => answers.push(answer));
  expect(answers).toEqual([
    [null, [{ address: '8.8.8.8', family: 4 }]],
    [null, '8.8.8.8', 4],
  ]);
});
