import { expect, test } from 'vitest';
import type { KeyEntry } from '#keyring/key-entry';
import { plannedKeys } from '#keyring/planned-keys';

const entry = (fingerprint: string, state: KeyEntry['state'], origin?: KeyEntry['origin']) =>
  ({ fingerprint, state, ...(origin && { origin }) }) as KeyEntry;
const active = entry('active', 'active', 'adopted');

test('a rotation goes from the active key to the one that was made here last', () => {
  const keys = [
    entry('made first', 'pending', 'generated'),
    active,
    entry('made last', 'pending', 'generated'),
    entry('retired', 'retired', 'generated'),
  ];
  expect(plannedKeys(keys)).toMatchObject({ from: active, to: { fingerprint: 'made last' } });
});

test('a key that was adopted, or that nothing is known of, is no target', () => {
  expect(plannedKeys([active, entry('adopted', 'pending', 'adopted'), entry('older', 'pending')])).toEqual({
    from: active,
  });
});

test('without an active key nothing is planned', () => {
  expect(plannedKeys([entry('made', 'pending', 'generated')])).toEqual({});
});
