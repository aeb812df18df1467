import { describe, expect, test } from 'vitest';
import type { EnvironmentCard } from '#contract/environments';
import { nextAction } from '#contract/environments';
import type { KeyEntry } from '#keyring/key-entry';
import { commandList } from '#commands/command-list';
import { definedCommands } from '#commands/defined-commands';
import { commandFor, type CommandFacts } from '#commands/status/card-report';

const card = (name: string, action: EnvironmentCard['next']['action']) =>
  ({ name, next: { action, why: 'because' } }) as EnvironmentCard;
const at = '2026-11-24T12:00:00.000Z';
const key = (fingerprint: string): Omit<KeyEntry, 'state'> => ({
  fingerprint,
  createdAt: at,
  heldIn: 'keychain',
  origin: 'generated',
  proofs: [],
});
const nothingKnown: CommandFacts = { keys: [], hasDestination: false };

test.for(nextAction.options)('what is next (%s) is a command that there is, or nothing to do', (action) => {
  const command = commandFor(card('acme', action), nothingKnown);
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
  expect(commandFor(card(name, 'sweep'), nothingKnown)).toBe(`keel sweep --env ${word}`);
});

describe('what is next can be run as it is printed', () => {
  const made = {
    artefact: 'age-file',
    location: '/srv/acme.age',
    madeAt: at,
    opensBy: 'passphrase',
  } as const;
  const active: KeyEntry = { ...key('1387-63b6-a48b-6854'), state: 'active' };
  const pending: KeyEntry = { ...key('8cae-a7a9-782e-a0a5'), state: 'pending' };
  const proven = { artefact: 'age-file', location: '/srv/new.age', provenAt: at } as const;
  const known = (name: string, action: EnvironmentCard['next']['action']) => ({
    ...card(name, action),
    activeKey: { fingerprint: active.fingerprint, createdAt: at, adopted: true },
    pendingKey: pending.fingerprint,
  });

  test.for<[string, EnvironmentCard, CommandFacts, string]>([
    [
      'a backup goes into a file of its own for each key',
      known("Ballast's own", 'back-up'),
      { keys: [active], hasDestination: false },
      "keel backup create --env 'Ballast'\\''s own' --out ballast-s-own-1387.age --generate-passphrase",
    ],
    [
      'a test restore names the backup that was made and what it is opened with',
      known('acme', 'drill'),
      { keys: [{ ...active, made: [made] }], hasDestination: false },
      'keel backup drill --env acme --artefact /srv/acme.age --expect 1387-63b6-a48b-6854 --passphrase-file FILE',
    ],
    [
      'a new key is backed up before anything is rotated to it',
      known('acme', 'rotate'),
      { keys: [active, pending], hasDestination: false },
      'keel backup create --env acme --fingerprint 8cae-a7a9-782e-a0a5 --out acme-8cae.age --generate-passphrase',
    ],
    [
      'a new key with a tested backup is rotated to',
      known('acme', 'rotate'),
      { keys: [active, { ...pending, proofs: [proven] }], hasDestination: false },
      'keel rotate --env acme',
    ],
    [
      'a hand-off to a destination on record needs no other word',
      known('acme', 'hand-off'),
      { keys: [active], hasDestination: true },
      'keel handoff apply --env acme',
    ],
  ])('%s', ([, of, facts, command]) => {
    expect(commandFor(of, facts)).toBe(command);
  });

  test.for(nextAction.options)(
    'the options of what is next (%s) are options of that command',
    async (action) => {
      const [, ...words] = commandFor(card('acme', action), nothingKnown)?.split(' ') ?? [];
      const path = words.slice(0, words.indexOf('--env')).join(' ');
      const { command } = (await definedCommands(commandList)).find((one) => one.path === path) ?? {};
      const options =
        command
          ?.createHelp()
          .visibleOptions(command)
          .map(({ long }) => long) ?? [];
      // every command of an environment takes `--env`, which is added where commands are run
      expect(['--env', ...options]).toEqual(
        expect.arrayContaining(words.filter((word) => word.startsWith('--'))),
      );
    },
  );
});
