import { Fragment } from 'react';
import type { ConnectionsReport, ProbeResult } from '#contract/connections';
import { StateBadge } from '../../components/marks/badge.tsx';
import { columnName, kindInWords } from '../../components/column-text.ts';
import { type DataColumn, DataTable } from '../../components/layout/data-table.tsx';
import styles from './connections.module.css';
import { outcomes, reasonInWords } from './outcome-text.ts';

export interface ResultTableProps {
  readonly results: readonly ProbeResult[];
  readonly reasons: ConnectionsReport['reasons'];
}

/** Credentials by name and row, where each was tried, and what became of it. */
export function ResultTable({ results, reasons }: ResultTableProps) {
  return (
    <DataTable
      caption="Test results by credential"
      columns={columnsFor(reasons)}
      rows={results}
      rowKey={({ schema, table, column, path, row }) => JSON.stringify([schema, table, column, path, row])}
      empty="No matching credentials."
    />
  );
}

function columnsFor(reasons: ConnectionsReport['reasons']): DataColumn<ProbeResult>[] {
  return [
    {
      key: 'source',
      head: 'Source',
      cell: ({ name, source, probe, kind }) => (
        <>
          {name ?? source ?? kindInWords(kind)}
          {name !== undefined && <span className={styles.detail}>{source ?? probe}</span>}
        </>
      ),
    },
    {
      key: 'where',
      head: 'Column and row',
      cell: (result) => (
        <span className={styles.place}>
          {columnName(result)
            .split('.')
            .map((part, at) => (
              <Fragment key={at}>
                {at > 0 && (
                  <>
                    .<wbr />
                  </>
                )}
                {part}
              </Fragment>
            ))}
          <span className={styles.detail}>{result.row}</span>
        </span>
      ),
    },
    {
      key: 'outcome',
      head: 'Outcome',
      cell: ({ outcome }) => <StateBadge tone={outcomes[outcome].tone}>{outcomes[outcome].word}</StateBadge>,
    },
    {
      key: 'why',
      head: 'Details',
      cell: (result) => {
        const { why, remedy } = reasonInWords(result, reasons);
        const { target, probe } = result;
        return (
          <span className={styles.why}>
            {why}
            {remedy !== undefined && <span className={styles.detail}>{remedy}</span>}
            {target !== undefined && (
              <span className={styles.detail}>
                Tested as {probe} at <code>{target}</code>
              </span>
            )}
          </span>
        );
      },
    },
  ];
}
