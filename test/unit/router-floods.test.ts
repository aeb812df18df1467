import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { border } from '#test/support/border';

const one = '3f0c1a52-8f5e-4d7c-9d5a-6f1f4f1b7a10';
const other = '9a1c1a52-8f5e-4d7c-9d5a-6f1f4f1b7a11';

/** Quick work that stays at work until it is let go. */
function held() {
  const begun: string[] = [];
  const waiting: (() => void)[] = [];
  const work = async ({ environment }: { readonly environment: string }) => {
    begun.push(environment);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return {};
  };
  const release = async () => {
    while (waiting.length > 0) {
      for (const go of waiting.splice(0)) go();
      for (let n = 0; n < 20; n++) await turn();
    }
  };
  return { begun, work, release };
}

test('of a flood of quick calls a bounded number is admitted, few of them at work at once, and the rest is refused', async () => {
  const { begun, work, release } = held();
  const { call } = border({ implementations: { 'handoff.confirm': work as never } });
  const calls = Array.from({ length: 500 }, () => call('handoff.confirm', { environment: one }));
  for (let n = 0; n < 20; n++) await turn();
  expect(begun).toHaveLength(8);
  // what is about no environment is not held up
  expect(await call('app.state', {})).toMatchObject({ ok: true });
  await release();
  const answers = await Promise.all(calls);
  expect(begun).toHaveLength(64);
  expect(answers.filter(({ ok }) => !ok)).toHaveLength(500 - 64);
  expect(answers.at(-1)).toMatchObject({
    error: { code: 'request-refused', message: expect.stringContaining('64 requests are in progress') },
  });
});

test('an environment whose server does not answer does not hold up another', async () => {
  const { begun, work, release } = held();
  const { call } = border({ implementations: { 'handoff.confirm': work as never } });
  const calls = [one, one, one, one, one, one, one, one, one, other].map((environment) =>
    call('handoff.confirm', { environment }),
  );
  for (let n = 0; n < 20; n++) await turn();
  expect(begun.filter((environment) => environment === one)).toHaveLength(8);
  expect(begun).toContain(other);
  await release();
  await Promise.all(calls);
  expect(begun).toHaveLength(10);
});
