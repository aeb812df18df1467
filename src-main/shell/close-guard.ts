import type { BaseWindow, Dialog, MessageBoxOptions } from 'electron';
import type { ProcedureName } from '#contract/procedures';
import type { RunningOperation } from '#procedures/operations';

/** Recovering only reads the database and settles what is known: cut off anywhere, it can be run again. */
const guarded: ReadonlySet<string> = new Set<ProcedureName>([
  'rotation.rotate',
  'rotation.undo',
  'rotation.sweepRewrite',
]);

/** Whether rows of a database are being rewritten right now. */
export function isRewriting(running: readonly RunningOperation[]): boolean {
  return running.some(({ procedure }) => guarded.has(procedure));
}

/** What is asked before Keel is left while rows are being rewritten, or undefined where nothing of that kind runs. */
export function questionBeforeLeaving(running: readonly RunningOperation[]): MessageBoxOptions | undefined {
  const work = running.filter(({ procedure }) => guarded.has(procedure));
  if (work.length === 0) return undefined;
  const settles = work.some(({ cancellable }) => !cancellable);
  return {
    type: 'warning',
    message: 'A rotation is running',
    detail: settles
      ? 'It can no longer be cancelled. Keel waits a moment for it to finish, then quits.'
      : 'Quitting cancels it: the database is rolled back and does not change, and both keys are kept.',
    buttons: ['Keep Keel open', settles ? 'Quit when finished' : 'Cancel and quit'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  };
}

/** Whether Keel may be left now. Asks where rows are being rewritten; safe either way, since a rotation is one transaction. */
export async function mayLeave(
  dialog: Pick<Dialog, 'showMessageBox'>,
  window: BaseWindow | undefined,
  running: readonly RunningOperation[],
): Promise<boolean> {
  const question = questionBeforeLeaving(running);
  if (!question) return true;
  const { response } = window
    ? await dialog.showMessageBox(window, question)
    : await dialog.showMessageBox(question);
  return response === 1;
}
