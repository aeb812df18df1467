import { counted } from '#shared/counted';
import type { Output } from '#contract/procedures';
import { placesOutside, scopeInWords } from '../../components/census-text.ts';

export type Sweep = Output<'rotation.sweep'>;

export interface SweepWords {
  readonly tone: 'good' | 'warn';
  readonly title: string;
  readonly says: string;
  readonly remedy: string;
  /** The way out begins with an undo. */
  readonly undo?: boolean;
}

/** What a sweep found, each as a statement with its next step; one all-clear where it read everything and found nothing. Pure. */
export function sweepInWords({ stragglers, ambiguous, census }: Sweep): SweepWords[] {
  const beside = placesOutside(census);
  const nested = beside.filter((place) => place.nested?.outerListed);
  const outside = beside.length - nested.length;
  const unread = census.unread.length;
  const scope = scopeInWords(census);
  const words: SweepWords[] = [];
  if (stragglers > 0) {
    words.push({
      tone: 'warn',
      title: `${counted(stragglers, 'row')} ${stragglers === 1 ? 'was' : 'were'} written with the old key.`,
      says: '',
      remedy:
        'Make sure that the application uses the active key, then re-encrypt these rows below. This works like the rotation: one transaction, compared before the commit.',
    });
  }
  if (ambiguous > 0) {
    words.push({
      tone: 'warn',
      title: `${counted(ambiguous, 'value')} ${ambiguous === 1 ? 'is' : 'are'} too short to tell which key encrypted ${ambiguous === 1 ? 'it' : 'them'}.`,
      says: 'They were left unchanged.',
      remedy: 'Check these credentials in the application, and enter those that do not work again.',
    });
  }
  if (outside > 0) {
    words.push({
      tone: 'warn',
      title: `${counted(outside, 'place')} outside the inventory ${outside === 1 ? 'is' : 'are'} still encrypted with the old key.`,
      says: `The application cannot read these values with the active key. ${scope}`,
      remedy:
        'Undo the rotation, add the places to the inventory under Prove, then rotate again. Keep the old key until then.',
      undo: true,
    });
  }
  if (nested.length > 0) {
    words.push({
      tone: 'warn',
      title: `${counted(nested.length, 'place')} in the inventory ${nested.length === 1 ? 'holds' : 'hold'} values encrypted with the old key inside ${nested.length === 1 ? 'its' : 'their'} decrypted values.`,
      says: `A rotation re-encrypts only the outer layer. ${scope}`,
      remedy:
        'Keep the old key: the application needs it to read them. Save these credentials again there without the inner encryption, then sweep again.',
    });
  }
  if (unread > 0) {
    words.push({
      tone: 'warn',
      title: `${counted(unread, 'place')} could not be read, so there may be values encrypted with the old key.`,
      says: beside.length > 0 ? '' : scope,
      remedy: 'Connect as a role that may read them and sweep again, or check them by other means.',
    });
  }
  if (words.length > 0) return words;
  return [
    {
      tone: 'good',
      title: 'No value encrypted with the old key was found.',
      says: `${scope} ${census.scope}`,
      remedy: 'The rotation is confirmed.',
    },
  ];
}
