import { expect, test } from 'vitest';
import type { EnvironmentCard } from '#contract/environments';
import { nextAction } from '#contract/environments';
import { commandList } from '#commands/command-list';
import { commandFor } from '#commands/status/card-report';

const card = (name: string, action: EnvironmentCard['next']['action']) =>
  ({ name, next: { action, why: 'because' } }) as EnvironmentCard;

test.for(nextAction.options)('what is next (%s) is a command that there is, or nothing to do', (action) => {
  const command = commandFor(card('acme', action));
  if (action === 'nothing') expect(command).toBeUndefined();
  else {
    const [, first = '', second = ''] = command?.split(' ') ?? [];
    const entry = commandList[first];
    expect(entry && 'commands' in entry ? entry.commands[second] : entry).toHaveProperty('load');
  }
});

test.for([
  ['acme', 'acme'],
  ["Ballast's own", String.raw`'Ballast'\''s own'`],
  ['$(id)', "'$(id)'"],
] as const)('an environment named %s is one word of the command', ([name, word]) => {
  expect(commandFor(card(name, 'sweep'))).toBe(`keel sweep --env ${word}`);
});
