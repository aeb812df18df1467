import { expect, test } from 'vitest';
import type { ListedCredential } from '#contract/credentials';
import { PageReader, type PartlyRead } from '../../../../src-renderer/screens/credentials/page-reader.ts';

type Client = ConstructorParameters<typeof PageReader>[0];

function credential(id: number): ListedCredential {
  const address = { schema: 'public', table: 'vault', column: 'secret', key: { id: String(id) } };
  return { ...address, row: `id=${id}`, kind: 'unknown', state: 'opens' };
}

/** Credentials by their numbers, answered for in pages as main does; an outline is told in two parts. */
function answering(ids: number[]) {
  const asked: string[] = [];
  const call = async (name: string, { after, limit }: { after?: string; limit: number }) => {
    asked.push(after === undefined ? name : `${name} ${after}`);
    const rest = ids.filter((id) => after === undefined || id > Number(after));
    if (name === 'credentials.list') {
      const credentials = rest.slice(0, limit).map(credential);
      const next = rest.length > limit && { next: String(credentials.at(-1)?.key['id']) };
      return { ok: true, value: { credentials, ...next } };
    }
    const pages: { after: string; credentials: number }[] = [];
    for (let at = 0; at < rest.length && (after !== undefined || pages.length < 3); at += limit)
      pages.push({
        after: at === 0 ? (after ?? '0') : String(rest[at - 1]),
        credentials: Math.min(limit, rest.length - at),
      });
    const next = after === undefined && rest.length > 3 * limit && { next: String(rest[3 * limit - 1]) };
    return { ok: true, value: { pages, ...next } };
  };
  return { client: { call } as unknown as Client, asked };
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const idle = () => new Promise((done) => setTimeout(done, 5));
const idAt = (list: PartlyRead | undefined, at: number) => list?.rows[at]?.key['id'];

test('a list knows its length before it is read, and reads only the pages that are in sight', async () => {
  const { client, asked } = answering(numbers(1_000));
  let told: PartlyRead | undefined;
  const reader = new PageReader(client, 'db', {}, (list) => (told = list));
  await reader.start();
  expect(told).toMatchObject({ complete: true });
  expect(told?.rows).toHaveLength(1_000);
  expect(asked).toEqual(['credentials.list', 'credentials.outline', 'credentials.outline 300']);

  reader.bringIntoSight(995, 1_000);
  await idle();
  expect(idAt(told, 999)).toBe('1000');
  expect(idAt(told, 500)).toBeUndefined();
  reader.bringIntoSight(590, 610);
  await idle();
  expect([idAt(told, 590), idAt(told, 610)]).toEqual(['591', '611']);
  expect(asked.slice(3)).toEqual(['credentials.list 900', 'credentials.list 500', 'credentials.list 600']);
  reader.bringIntoSight(0, 20);
  await idle();
  expect(asked).toHaveLength(6);
});

test('what scrolled by while a page was read is not read after it', async () => {
  const { client, asked } = answering(numbers(1_000));
  const reader = new PageReader(client, 'db', {}, () => undefined);
  await reader.start();
  for (const at of [200, 300, 400, 800]) reader.bringIntoSight(at, at + 5);
  await idle();
  expect(asked.slice(3)).toEqual(['credentials.list 200', 'credentials.list 800']);
});

test('rows that were removed in the meantime leave no gap, and the total is without them', async () => {
  const ids = numbers(400);
  const { client } = answering(ids);
  let told: PartlyRead | undefined;
  const reader = new PageReader(client, 'db', {}, (list) => (told = list));
  await reader.start();
  ids.splice(350, 50);
  reader.bringIntoSight(380, 400);
  await idle();
  expect(told?.rows).toHaveLength(350);
  expect(idAt(told, 349)).toBe('350');
});

test('a short list needs no outline', async () => {
  const { client, asked } = answering(numbers(40));
  let told: PartlyRead | undefined;
  await new PageReader(client, 'db', {}, (list) => (told = list)).start();
  expect(told).toMatchObject({ complete: true });
  expect(told?.rows).toHaveLength(40);
  expect(asked).toEqual(['credentials.list']);
});
