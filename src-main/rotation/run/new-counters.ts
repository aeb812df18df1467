import type { Form } from '#forms/entry';
import { areInBothAlphabets } from '#forms/spelling';
import type { TableTarget } from '#postgres/table-target';
import { namesPlace } from '#shared/names-place';
import type { AcceptableStop } from '#rewrite/finding';
import type { KeyPair, KnownRows } from './decision.ts';
import { FormCounter } from './form-counter.ts';
import type { TableCounters } from './table-rewriter.ts';

/** What the admin said about values that are not plainly the old key's. */
export interface CounterRequest {
  readonly excluded: readonly string[];
  readonly accepted: readonly AcceptableStop[];
  readonly keys: Pick<KeyPair, 'inDoubt'>;
  readonly known?: Pick<KnownRows, 'leftShort'> | undefined;
}

/** `before`: what was ruled on the table's values before, by which those that come later are judged. */
export function newCounters(
  target: TableTarget,
  request: CounterRequest,
  before?: TableCounters,
): TableCounters {
  return target.columns.map(({ forms }, column) =>
    forms.map((form, i) => {
      const known = before?.[column]?.[i];
      const excluded = namesPlace(request.excluded, form.entry);
      const leaves = leavesShort({ excluded }, request);
      // what the rotation left is all that a sweep sees there: it cannot vouch for itself
      const isSweep = request.keys.inDoubt === 'leave';
      return new FormCounter(form, target.identity, {
        excluded,
        vouchedFrom: isSweep && leaves ? Infinity : known?.vouchedFrom,
        leavesShort: leaves && (isSweep || known !== undefined),
        mayHaveLeftShort: excluded || request.known?.leftShort === true,
        written: spelledAs(known, forms, request),
      });
    }),
  );
}

/** How values are spelled that do not show it themselves, by what all of their column showed, and by the forms that it has. */
export function spelledAs(
  known: FormCounter | undefined,
  forms: readonly Form[],
  { accepted }: Pick<CounterRequest, 'accepted'>,
): NonNullable<FormCounter['written']> {
  const isInBoth = forms.length > 1 && areInBothAlphabets(forms.map(({ layout }) => layout));
  const isUnclear = known?.spelling.isAlphabetUntold === true;
  return {
    inEither: (isInBoth || isUnclear) && !accepted.includes('alphabet-untold'),
    isUpper: known?.spelling.isCaseMissed ? known.spelling.isUpper : undefined,
  };
}

/** Whether values were counted that are too short to tell, and that the admin wants left: a rotation tells them once it saw all. */
export function hasShortToLeave(counter: FormCounter, request: CounterRequest): boolean {
  const isSeenLater = request.keys.inDoubt === 'stop' && (counter.tooShort > 0 || counter.ambiguous > 0);
  return isSeenLater && leavesShort(counter, request);
}

/** Whether the admin wants values that are too short to tell left as they are. */
export function leavesShort(
  { excluded }: Pick<FormCounter, 'excluded'>,
  { accepted, keys }: CounterRequest,
): boolean {
  return keys.inDoubt !== 'rewrite' && (excluded || accepted.includes('too-short'));
}
