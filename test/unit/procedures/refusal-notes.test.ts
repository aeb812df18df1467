import { expect, test } from 'vitest';
import { createRefusalNotes } from '#procedures/refusal-notes';

function refusals() {
  const written: string[] = [];
  let time = 0;
  const refuse = createRefusalNotes({
    note: async ({ detail }) => void written.push(detail),
    onFault: () => undefined,
    now: () => time,
  });
  return { refuse, written, wait: (ms: number) => (time += ms) };
}

test('a refused request is written down with what was asked and why not', () => {
  const { refuse, written } = refusals();
  refuse('keys.steal', 'no such procedure');
  expect(written).toEqual(['keys.steal: no such procedure']);
});

test('a flood is counted instead of written out', () => {
  const { refuse, written, wait } = refusals();
  for (let i = 0; i < 1000; i++) refuse(`call ${i}`, 'no');
  expect(written).toHaveLength(20);
  wait(60_000);
  refuse('later', 'no');
  expect(written.slice(20)).toEqual(['980 more within a minute', 'later: no']);
});
