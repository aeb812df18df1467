import { describe, expect, test } from 'vitest';
import { consents } from '#contract/consent';
import type { ProcedureName } from '#contract/procedures';
import { isRewriting, mayLeave, questionBeforeLeaving } from '#shell/close-guard';
import type { RunningOperation } from '#procedures/operations';

const running = (procedure: string, cancellable = true): RunningOperation => ({
  operation: '6a0f8f5e-6f55-4f1e-9d64-0b2f0c9e3c11',
  procedure,
  step: 'stage',
  done: 1,
  cancellable,
  agreed: true,
});

/** A rehearsal, or what the admin has not answered yet. */
const unasked = (procedure: string): RunningOperation => {
  const { agreed: _, ...state } = running(procedure);
  return state;
};

/** A dialog that answers with the given button and remembers what it asked. */
function dialogAnswering(response: number) {
  const asked: string[] = [];
  return {
    asked,
    showMessageBox: async (question: unknown) => {
      asked.push((question as { message: string }).message);
      return { response, checkboxChecked: false };
    },
  };
}

describe('leaving Keel', () => {
  test.for([
    [[]],
    [[running('rotation.rehearse')]],
    [[running('rotation.recover')]],
    [[unasked('fleet.undo')]],
    [[unasked('fleet.rotate'), unasked('rotation.undo'), unasked('credentials.import')]],
    [[running('prove.run'), running('backup.drill')]],
  ] as const)('asks nothing while no rows are being rewritten', ([operations]) => {
    expect(questionBeforeLeaving(operations)).toBeUndefined();
  });

  test.for(Object.keys(consents).filter((name) => 'rewrites' in consents[name as ProcedureName]))(
    'asks during %s, and staying is the default',
    (procedure) => {
      expect(questionBeforeLeaving([running('prove.run'), running(procedure)])).toMatchObject({
        defaultId: 0,
        cancelId: 0,
        buttons: ['Keep Keel open', 'Cancel and quit'],
      });
    },
  );

  test('says of a fleet that what is done stays', () => {
    expect(questionBeforeLeaving([running('fleet.undo')])).toMatchObject({
      message: 'A fleet is being re-encrypted',
      detail: expect.stringContaining('databases that are done stay as they are'),
    });
  });

  test('says that it waits once the rotation cannot be called off', () => {
    const question = questionBeforeLeaving([running('rotation.rotate', false)]);
    expect(question?.buttons?.[1]).toBe('Quit when finished');
    expect(question?.detail).toContain('waits a moment for it to finish');
  });

  test.for([
    [true, false],
    [false, true],
  ])('says that it waits where one of two cannot be called off', (cancellable) => {
    const work = cancellable.map((can) => running('rotation.rotate', can));
    expect(questionBeforeLeaving(work)?.buttons?.[1]).toBe('Quit when finished');
  });

  test.for([
    [0, false],
    [1, true],
  ] as const)('follows the answer: button %i', async ([button, leaves]) => {
    const dialog = dialogAnswering(button);
    expect(await mayLeave(dialog as never, undefined, [running('rotation.rotate')])).toBe(leaves);
    expect(dialog.asked).toEqual(['A rotation is running']);
  });

  test('asks over the window where there is one', async () => {
    const asked: unknown[][] = [];
    const dialog = {
      showMessageBox: async (...question: unknown[]) => {
        asked.push(question);
        return { response: 0 };
      },
    };
    const window = {};
    const work = [running('rotation.undo')];
    expect(await mayLeave(dialog as never, window as never, work)).toBe(false);
    expect(asked).toEqual([[window, questionBeforeLeaving(work)]]);
    expect(questionBeforeLeaving(work)).toMatchObject({ type: 'warning', noLink: true });
  });

  test('waits for none but what rewrites rows', () => {
    const question = questionBeforeLeaving([running('prove.run', false), running('rotation.rotate')]);
    expect(question?.buttons?.[1]).toBe('Cancel and quit');
    expect(isRewriting([running('prove.run'), running('rotation.undo')])).toBe(true);
    expect(isRewriting([running('prove.run')])).toBe(false);
  });

  test('goes at once where there is nothing to ask', async () => {
    const dialog = dialogAnswering(0);
    expect(await mayLeave(dialog as never, undefined, [])).toBe(true);
    expect(dialog.asked).toEqual([]);
  });
});
