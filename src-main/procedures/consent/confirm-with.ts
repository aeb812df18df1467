import type { UseCaseContext } from '#workspace/use-case';
import type { KnownWorkspace } from '#workspace/workspace';
import type { Consent } from './consent.ts';
import { type QuestionExtras, questionOf } from './question-text.ts';

/** Lets a use case ask the admin in a dialog of the main process. */
export function confirmWith(
  consent: Consent,
  workspace: Pick<KnownWorkspace, 'settings'>,
  extras: () => QuestionExtras = () => ({}),
): UseCaseContext['confirm'] {
  return (asked) => consent.ask(questionOf(asked, workspace, extras()));
}
