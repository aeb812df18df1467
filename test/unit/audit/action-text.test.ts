import { describe, expect, test } from 'vitest';
import type { AuditAction } from '#audit/audit-action';
import { actionText } from '#shared/action-text';

describe('an action of the activity log', () => {
  test.for([
    ['key adopted', 'key imported'],
    ['rotation broke off', 'rotation not completed'],
    ['undo not settled', 'outcome of an undo unknown'],
    ['backup drilled', 'backup tested'],
  ] as const satisfies readonly (readonly [AuditAction, string])[])(
    'stored as “%s” is shown as “%s”',
    ([stored, shown]) => {
      expect(actionText(stored)).toBe(shown);
    },
  );

  test('that has no text of its own, as in an older log, is shown as it is stored', () => {
    expect(actionText('key rotated')).toBe('key rotated');
    expect(actionText('backup stitched together')).toBe('backup stitched together');
  });
});
