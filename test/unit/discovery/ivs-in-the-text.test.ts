import { describe, expect, test } from 'vitest';
import {
  type Sealed,
  address,
  b64,
  cells,
  each,
  look,
  rows,
  token,
} from '#test/support/forms/sampled-frames';

describe('an IV in the text is found', () => {
  test.for<[string, (sealed: Sealed, i: number) => string, string]>([
    ['at the end of the run', ({ iv, body }) => b64(body, iv), '"{body+iv base64}"'],
    ['at the end of hex', ({ iv, body }) => Buffer.concat([body, iv]).toString('hex'), '"{body+iv hex}"'],
    [
      'behind its ciphertext',
      ({ iv, body }) => `${b64(body)}.${iv.toString('hex')}`,
      '"{body base64}.{iv hex}"',
    ],
    [
      'in base64url, between dots',
      ({ iv, body }) => `v1.${iv.toString('base64url')}.${body.toString('base64url')}`,
      '"v1.{iv base64url}.{body base64url}"',
    ],
    [
      'behind something that differs',
      ({ iv, body }, i) => `k${i % 3}:${iv.toString('hex')}:${b64(body)}`,
      '"{*}:{iv hex}:{body base64}"',
    ],
    [
      'in key=value text',
      ({ iv, body }, i) => `user=app_${i};iv=${iv.toString('hex')};secret=${b64(body)};port=${5432 + i}`,
      '"{*};iv={iv hex};secret={body base64};port={*}"',
    ],
    [
      'in a text that is nearly a document',
      ({ iv, body }, i) => `--- ${i} ---\n{"iv":"${b64(iv)}","data":"${b64(body)}"}`,
      '"{*} ---\n{{""iv"":""{iv base64}"",""data"":""{body base64}""}}"',
    ],
    [
      'before bytes that are kept',
      ({ iv, body }) => Buffer.concat([iv, Buffer.from('00000001', 'hex'), body]).toString('hex'),
      '"{iv+4+body hex}"',
    ],
    [
      'as a UUID',
      ({ iv, body }) =>
        `${iv.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}:${b64(body)}`,
      '"{iv uuid}:{body base64}"',
    ],
  ])('%s', async ([, write, layout]) => {
    const found = await look({ c: cells(each(write)) }, 'c');
    expect(found).toMatchObject({ layout, frame: { sure: 'proven' } });
    expect(found.secrets).toEqual(rows.map(token));
  });
});

describe('an IV before its body, in one run', () => {
  test.for<[string, (sealed: Sealed, i: number) => string, string]>([
    ['is assumed where nothing tells against it', ({ iv, body }) => b64(iv, body), 'base64'],
    [
      'after bytes of a header',
      ({ iv, body }) => b64(Buffer.from('0102', 'hex'), iv, body),
      '"{2+iv+body base64}"',
    ],
    ['after a prefix', ({ iv, body }) => `ENC:${b64(iv, body)}`, "'ENC:' base64"],
    [
      'after prefixes that differ',
      ({ iv, body }, i) => `key-${i % 3}:${b64(iv, body)}`,
      '"{*}:{iv+body base64}"',
    ],
    [
      'in key=value text',
      ({ iv, body }, i) => `user=app_${i};secret=${b64(iv, body)};port=${5432 + i}`,
      '"{*};secret={iv+body base64};port={*}"',
    ],
  ])('%s', async ([, write, layout]) => {
    const tokens = await look({ c: cells(each(write)) }, 'c');
    expect(tokens).toMatchObject({ layout, frame: { sure: 'assumed' } });
    const addresses = await look({ c: cells(each(write, address)) }, 'c');
    expect(addresses).toMatchObject({ layout, frame: { sure: 'supported' } });
    expect(addresses.secrets).toEqual(rows.map(address));
  });
});
