import { counted, formatCount } from '#shared/counted';
import { nestedInWords, sampleInWords } from '#shared/within-text';
import type { Output } from '#contract/procedures';
import { certaintyInWords } from '../../components/format.ts';
import { Certainty } from '../../components/marks/certainty.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { StatTiles } from '../../components/layout/stat-tiles.tsx';
import { ForeignValues } from './foreign-values.tsx';
import { foreignColumns, isLeft, misformed, totalsOf, verdictInWords } from './proof-text.ts';
import { ProofTable } from './proof-table.tsx';
import { VerdictBanner } from './verdict-banner.tsx';

export interface ProofResultProps {
  readonly proof: Output<'proof.run'>;
  readonly excluded: readonly string[];
  /** Takes the whole list of names. */
  readonly onLeave: (excluded: readonly string[]) => Promise<void>;
  readonly onFindForm: () => void;
}

/** A proof, from the verdict down to the columns, and what to do about values that the key does not open. */
export function ProofResult({ proof, excluded, onLeave, onFindForm }: ProofResultProps) {
  const foreign = foreignColumns(proof, excluded);
  const { within } = proof;
  const { values, opened, short, noise, otherForm } = totalsOf(proof.columns);
  const others = noise + otherForm;
  const besides = excluded.filter((name) => !foreign.some(({ entry }) => isLeft([name], entry)));
  const columns = counted(proof.columns.length, 'column');
  return (
    <>
      <VerdictBanner words={verdictInWords(proof, foreign)} />
      <StatTiles
        tiles={[
          {
            value: `${formatCount(opened)} of ${formatCount(values)}`,
            label: `values of ${columns} decrypt with this key`,
          },
          ...(opened > 0
            ? [
                {
                  value: certaintyInWords(proof.bits),
                  label: <Certainty bits={proof.bits} of="that this is not a coincidence" />,
                },
              ]
            : []),
          { value: formatCount(short), label: 'too short to judge on their own' },
          {
            value: formatCount(others),
            label: `do not decrypt with this key${misformed(proof).length > 0 ? ' in this format' : ''}`,
            ...(others > 0 && {
              tone: foreign.some(({ left }) => !left) || proof.verdict === 'wrong' ? 'stop' : 'warn',
            }),
          },
        ]}
      />
      {within && within.nested.length > 0 && (
        <Notice
          tone="warn"
          title="Some values contain other values encrypted with this key"
          remedy="A rotation re-encrypts only the outer layer, so it is blocked until you decide about each of them."
        >
          {[
            ...within.nested.map(nestedInWords),
            ...(within.sample ? [sampleInWords(within.sample)] : []),
          ].join('; ')}
          .
        </Notice>
      )}
      {foreign.length > 0 && (
        <ForeignValues
          // the choice that is kept is the one to begin with
          key={excluded.join(' ')}
          foreign={foreign}
          onLeave={(names) => onLeave([...besides, ...names])}
        />
      )}
      <ProofTable columns={proof.columns} excluded={excluded} onFindForm={onFindForm} />
    </>
  );
}
