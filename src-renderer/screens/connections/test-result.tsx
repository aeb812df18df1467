import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { formatCount } from '#shared/counted';
import type { ConnectionsReport, ProbeOutcome } from '#contract/connections';
import { FilterField } from '../../components/fields/filter-field.tsx';
import { Card } from '../../components/layout/card.tsx';
import { type StatTile, StatTiles } from '../../components/layout/stat-tiles.tsx';
import styles from './connections.module.css';
import { filtered, outcomeOrder, outcomes, verdictOf } from './outcome-text.ts';
import { ResultTable } from './result-table.tsx';

/** More rows than this nobody reads; the filters narrow them down. */
const maxShown = 200;

/** What a test found: numbers first, then one by one, what needs attention on top. */
export function TestResult({ report }: { readonly report: ConnectionsReport }) {
  const [outcome, setOutcome] = useState<ProbeOutcome | 'all'>('all');
  const [text, setText] = useState('');
  const { counts, results, reasons } = report;
  const here = filtered(results, outcome, text);
  const there = outcomeOrder.filter((one) => counts[one] > 0);
  return (
    <>
      <p role="status">{verdictOf(report)}</p>
      <StatTiles tiles={outcomeOrder.map((one) => tileOf(one, counts[one]))} />
      <div className={styles.filters}>
        <SegmentedControl
          aria-label="Outcome"
          value={outcome}
          onChange={(value) => setOutcome(value as ProbeOutcome | 'all')}
          data={[
            { value: 'all', label: 'All' },
            ...there.map((one) => ({ value: one, label: outcomes[one].word })),
          ]}
        />
        <FilterField
          what="results"
          placeholder="Source, table, server …"
          className={styles.search}
          value={text}
          onChange={setText}
        />
      </div>
      <Card padded={false}>
        <ResultTable results={here.slice(0, maxShown)} reasons={reasons} />
      </Card>
      {here.length > maxShown && (
        <p className={styles.dim}>
          Showing the first {maxShown} of {formatCount(here.length)}. Search or choose an outcome to see
          others.
        </p>
      )}
    </>
  );
}

function tileOf(outcome: ProbeOutcome, count: number): StatTile {
  const { tone, label } = outcomes[outcome];
  const isToned = count > 0 && (tone === 'good' || tone === 'warn' || tone === 'stop');
  return { value: formatCount(count), label, ...(isToned && { tone }) };
}
