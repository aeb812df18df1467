import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { assertNotReadable } from '#connections/probes/guarded-socket';

function at(remoteAddress: string): Socket {
  return Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress });
}

test('what would be readable on the way is not sent over the internet, and may be within a private network', () => {
  expect(() => assertNotReadable(at('8.8.8.8'))).toThrow('would-be-readable');
  expect(() => assertNotReadable(at('2606:4700:4700::1111'))).toThrow('would-be-readable');
  for (const address of ['127.0.0.1', '10.0.0.7', 'fd12::1']) assertNotReadable(at(address));
});
