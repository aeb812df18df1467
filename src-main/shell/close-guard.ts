import type { BaseWindow, Dialog, MessageBoxOptions } from 'electron';
import type { RewritingName } from '#contract/consent';
import type { RunningOperation } from '#procedures/operations';

interface Words {
  readonly message: string;
  /** What quitting now does. */
  readonly cancelled: string;
}

const oneRotation: Words = {
  message: 'A rotation is running',
  cancelled: 'Quitting cancels it: the database is rolled back and does not change, and both keys are kept.',
};
const fleet: Words = {
  message: 'A fleet is being re-encrypted',
  cancelled:
    'Quitting cancels it: databases that are done stay as they are, those in progress are rolled back and do not change, and both keys are kept.',
};

/** Recovering only reads the database and settles what is known: cut off anywhere, it can be run again. */
const guarded: Readonly<Record<RewritingName, Words>> = {
  'rotation.rotate': oneRotation,
  'rotation.undo': oneRotation,
  'rotation.sweepRewrite': oneRotation,
  'fleet.rotate': fleet,
  'fleet.undo': fleet,
  'credentials.import': {
    message: 'Credentials are being imported',
    cancelled: 'Quitting cancels the import: the database is rolled back and does not change.',
  },
};

/** Whether rows of a database are being rewritten right now. */
export function isRewriting(running: readonly RunningOperation[]): boolean {
  return running.some(isGuarded);
}

function isGuarded<Operation extends RunningOperation>(
  operation: Operation,
): operation is Operation & { readonly procedure: RewritingName } {
  // what the admin has not agreed to rewrites nothing, and a rehearsal asks nothing
  return operation.agreed === true && Object.hasOwn(guarded, operation.procedure);
}

/** What is asked before Keel is left while rows are being rewritten, or undefined where nothing of that kind runs. */
export function questionBeforeLeaving(running: readonly RunningOperation[]): MessageBoxOptions | undefined {
  const work = running.filter(isGuarded);
  const [first] = work;
  if (!first) return undefined;
  const { message, cancelled } = guarded[first.procedure];
  const settles = work.some(({ cancellable }) => !cancellable);
  return {
    type: 'warning',
    message,
    detail: settles
      ? 'It can no longer be cancelled. Keel waits a moment for it to finish, then quits.'
      : cancelled,
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
