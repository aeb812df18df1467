import type { AppEvent } from '#contract/app';
import type { LongName } from '#contract/procedures';
import type { Native } from './native.ts';
import type { RunningOperation } from './operations.ts';

/** Work that took less than this is seen to end by whoever began it. */
const notableMs = 5_000;

/** How the end of long work is told by a native notification: done, and not done. */
const endings: Readonly<Partial<Record<LongName, readonly [done: string, failed: string]>>> = {
  'inventory.discover': ['The encrypted columns were found', 'The search did not finish'],
  'proof.run': ['The key was tried on every value in the inventory', 'The proof did not finish'],
  'rotation.rehearse': ['The rehearsal is finished', 'The rehearsal was stopped'],
  'rotation.rotate': ['The key was rotated', 'The key was not rotated'],
  'rotation.undo': ['The rotation was undone', 'The rotation was not undone'],
  'rotation.sweep': ['The sweep for stragglers is finished', 'The sweep did not finish'],
  'rotation.sweepRewrite': ['The stragglers were re-encrypted', 'The stragglers were not re-encrypted'],
  'practice.start': ['The practice database is ready', 'The practice database did not start'],
};

/** What may have been committed must not be told as not done. */
const unsettled = 'A rotation has to be recovered';
const isUnsettled = ({ error }: AppEvent & { kind: 'failed' }) => error.code === 'rotation-unsettled';

export interface DesktopProgressOptions {
  readonly native: Pick<Native, 'showProgress' | 'notify'>;
  /** Work under way, also while its end is being told. */
  readonly running: () => readonly RunningOperation[];
  readonly mayNotify: () => boolean;
}

/** Shows the progress of long work in the dock or taskbar, and tells of its end. Says nothing of what it was about. */
export function createDesktopProgress({
  native,
  running,
  mayNotify,
}: DesktopProgressOptions): (event: AppEvent) => void {
  const begun = new Map<string, number>();
  return (event) => {
    if (event.kind === 'progress') {
      if (!begun.has(event.operation)) begun.set(event.operation, performance.now());
      native.showProgress(event.total ? Math.min(1, event.done / event.total) : 'indeterminate');
    }
    if (event.kind !== 'done' && event.kind !== 'failed') return;
    const ending = running().find(({ operation }) => operation === event.operation);
    const startedAt = begun.get(event.operation) ?? performance.now();
    begun.delete(event.operation);
    if (begun.size === 0) native.showProgress(undefined);
    const words = endings[ending?.procedure as LongName];
    if (!words || !mayNotify() || performance.now() - startedAt < notableMs) return;
    const [done, failed] = words;
    native.notify(
      event.kind === 'done' ? done : isUnsettled(event) ? unsettled : failed,
      'Open Keel for details',
    );
  };
}
