import { expect, test } from 'vitest';
import { Guesses } from '#procedures/proof/guesses';

const hour = 60 * 60 * 1000;
const wrong = async () => 'not-found';
const right = async () => 'whole';
const isRight = (outcome: string) => outcome === 'whole';

function started(): { guesses: Guesses; later: (ms: number) => void } {
  let time = 1_000_000;
  return { guesses: new Guesses(() => time), later: (ms) => void (time += ms) };
}

test('of an environment ten wrong values are compared within an hour, and then none, right or wrong', async () => {
  const { guesses, later } = started();
  for (let i = 0; i < 10; i++) {
    expect(await guesses.compare('one', wrong, isRight)).toBe('not-found');
    later(60_000);
  }
  let made = 0;
  const counted = async () => {
    made++;
    return 'whole';
  };
  await expect(guesses.compare('one', counted, isRight)).rejects.toMatchObject({
    code: 'too-many-guesses',
    remedy: expect.stringContaining('50 minutes'),
  });
  expect(made).toBe(0);
  expect(await guesses.compare('two', counted, isRight)).toBe('whole');
  later(hour - 10 * 60_000);
  expect(await guesses.compare('one', counted, isRight)).toBe('whole');
});

test('right values are not counted, and those under way and failed ones are', async () => {
  const { guesses } = started();
  for (let i = 0; i < 30; i++) await guesses.compare('one', right, isRight);
  const broken = async () => {
    throw new Error('the connection is lost');
  };
  await expect(guesses.compare('one', broken, isRight)).rejects.toThrow('lost');
  const answers = await Promise.allSettled(
    Array.from({ length: 20 }, () => guesses.compare('one', wrong, isRight)),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
});
