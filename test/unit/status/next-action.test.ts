import { expect, test } from 'vitest';
import { applicationInBriefOf } from '#applications/in-brief';
import { nextAction, type EnvironmentStatus } from '#status/next-action';

const now = new Date('2026-11-24T12:00:00.000Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString();

/** An environment with which everything is in order. */
const settled: EnvironmentStatus = {
  id: 'db',
  name: 'Acme',
  colour: 'blue',
  production: true,
  practice: false,
  address: { host: 'db', port: 5432, database: 'ballast', user: 'ballast', sslmode: 'verify-full' },
  application: applicationInBriefOf(undefined),
  keyPlace: 'keychain',
  needs: [],
  activeKey: {
    fingerprint: '0000-0000-0000-0001',
    createdAt: daysAgo(40),
    adopted: false,
    provenAt: daysAgo(3),
  },
  retiredKeys: 1,
  proof: { at: daysAgo(3), verdict: 'correct', opened: 312, values: 312, bits: 18_400 },
  columns: 4,
  lastRotation: {
    id: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
    at: daysAgo(40),
    from: '0000-0000-0000-0002',
    to: '0000-0000-0000-0001',
    undone: false,
    fleet: false,
    confirmed: true,
    handedOff: true,
  },
  unsettled: false,
};
const without = (...names: (keyof EnvironmentStatus)[]) =>
  Object.fromEntries(
    Object.entries(settled).filter(([name]) => !names.includes(name as never)),
  ) as never as EnvironmentStatus;

test.for<[string, EnvironmentStatus, string, RegExp]>([
  ['nothing is due', settled, 'nothing', /^Nothing to do$/],
  ['a password must be typed', { ...settled, needs: ['password'] }, 'unlock', /password/],
  [
    'the sealed file is closed',
    { ...settled, needs: ['password', 'passphrase'] },
    'unlock',
    /encrypted key file/,
  ],
  ['a rotation broke off', { ...settled, unsettled: true }, 'recover', /was interrupted/],
  [
    'Ballast lacks the new key',
    { ...settled, lastRotation: { ...settled.lastRotation!, handedOff: false } },
    'hand-off',
    /does not have the new key/,
  ],
  [
    'Ballast lacks the key that an undo brought back',
    { ...settled, lastRotation: { ...settled.lastRotation!, undone: true, handedOff: false } },
    'hand-off',
    /does not have the restored key yet/,
  ],
  [
    'nothing is due, and the key is of unknown age',
    { ...settled, activeKey: { ...settled.activeKey!, adopted: true } },
    'nothing',
    /age of the key is unknown/,
  ],
  [
    'an adopted key has been known for over a year',
    {
      ...settled,
      activeKey: { ...settled.activeKey!, adopted: true, createdAt: daysAgo(400), activatedAt: daysAgo(2) },
    },
    'rotate',
    /over a year/,
  ],
  ['no key is known', without('activeKey', 'proof', 'lastRotation'), 'adopt-key', /does not know the key/],
  ['no column is known', { ...settled, columns: 0 }, 'discover', /not been identified/],
  ['the key was never proven', without('proof'), 'prove', /not been proven/],
  [
    'the key was never backed up',
    {
      ...settled,
      activeKey: { fingerprint: '0000-0000-0000-0001', createdAt: daysAgo(40), adopted: false },
    },
    'back-up',
    /If this key is lost, so are 312 credentials/,
  ],
  [
    'the last rotation was of a fleet, whose databases are swept one by one',
    { ...settled, lastRotation: { ...settled.lastRotation!, fleet: true, confirmed: false } },
    'nothing',
    /^Nothing to do$/,
  ],
  [
    'stragglers were not looked for',
    { ...settled, lastRotation: { ...settled.lastRotation!, confirmed: false } },
    'sweep',
    /old key/,
  ],
  ['a new key waits', { ...settled, pendingKey: '0000-0000-0000-0003' }, 'rotate', /ready to rotate/],
  [
    'the key is old',
    { ...settled, activeKey: { ...settled.activeKey!, activatedAt: daysAgo(400) } },
    'rotate',
    /over a year/,
  ],
  [
    'the drill is old',
    { ...settled, activeKey: { ...settled.activeKey!, provenAt: daysAgo(200), drillDueAt: daysAgo(110) } },
    'drill',
    /200 days ago/,
  ],
  [
    'a backup was made and never drilled',
    {
      ...settled,
      activeKey: {
        fingerprint: '0000-0000-0000-0001',
        createdAt: daysAgo(40),
        adopted: false,
        undrilled: true,
      },
    },
    'drill',
    /not tested yet/,
  ],
  [
    'the proof is old',
    { ...settled, proof: { ...settled.proof!, at: daysAgo(100) } },
    'prove',
    /three months/,
  ],
])('the next action where %s', ([, status, action, why]) => {
  const next = nextAction(status, now);
  expect(next.action).toBe(action);
  expect(next.why).toMatch(why);
});
