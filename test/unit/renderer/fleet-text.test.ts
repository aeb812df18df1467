import { describe, expect, test } from 'vitest';
import { openHandoff } from '../../../src-renderer/screens/fleet/fleet-text.ts';

describe('the hand-off of a fleet', () => {
  const after = (more: object) =>
    openHandoff({
      application: { name: 'Ballast' },
      lastRotation: { fleet: true, undone: false, handedOff: false, ...more },
    } as never);

  test('is of the new key after a rotation, and of the restored one after an undo', () => {
    expect(after({})).toEqual({
      title: 'Ballast does not have the new key yet.',
      act: 'Hand off the new key',
    });
    expect(after({ undone: true })).toEqual({
      title: 'Ballast does not have the restored key yet.',
      act: 'Hand off the restored key',
    });
  });

  test('is not open once it is done, nor after a rotation of one database', () => {
    expect(after({ handedOff: true })).toBeUndefined();
    expect(after({ fleet: false })).toBeUndefined();
    expect(openHandoff({ application: { name: 'Ballast' } } as never)).toBeUndefined();
  });
});
