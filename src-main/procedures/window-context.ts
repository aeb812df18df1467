import type { Audit } from '#audit/audit';
import { KeelError } from '#errors/keel-error';
import type { Progress, UseCaseContext } from '#workspace/use-case';
import type { Work } from './implementations.ts';
import type { NoteActivity } from './note-activity.ts';

/** The activity log for the use cases of the window, which reads it on its own screen. */
export function windowAudit(note: NoteActivity): Audit {
  return { before: note, after: (entry) => note(entry).catch(() => undefined) };
}

/** Nobody can be asked: whoever is given no way to ask does nothing that asks. */
async function refuse(): Promise<never> {
  throw new KeelError(
    'confirmation-missing',
    'this was not confirmed in the window; nothing was changed',
    'start it with its button',
  );
}

/** What a use case is given for the window. */
export function windowContext<Step extends string>({
  audit,
  signal = new AbortController().signal,
  onProgress = () => {},
  confirm = refuse,
}: {
  readonly audit: Audit;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress<Step>) => void;
  readonly confirm?: UseCaseContext<Step>['confirm'];
}): UseCaseContext<Step> {
  return { audit, signal, onProgress, confirm };
}

/** The same for long work, whose steps the window shows as they are called. */
export function workContext<Step extends string>(
  note: NoteActivity,
  { signal, progress }: Pick<Work, 'signal' | 'progress'>,
): UseCaseContext<Step> {
  return windowContext({
    audit: windowAudit(note),
    signal,
    onProgress: ({ step, done, total }) => progress(step, done, total),
  });
}
