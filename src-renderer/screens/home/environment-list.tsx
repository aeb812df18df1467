import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import { certificateDue, isDue, nextSteps } from '../../components/environments/next-steps.ts';
import { FilterField } from '../../components/fields/filter-field.tsx';
import { holdsWords } from '../../components/fields/holds-words.ts';
import { asSentence } from '../../components/format.ts';
import { Card } from '../../components/layout/card.tsx';
import { type DataColumn, DataTable } from '../../components/layout/data-table.tsx';
import { ProductionBadge, StateBadge } from '../../components/marks/badge.tsx';
import { EnvironmentDot } from '../../components/marks/environment-dot.tsx';
import { RelativeTime } from '../../components/marks/relative-time.tsx';
import styles from './home.module.css';
import { useProceed } from './use-proceed.ts';

export interface EnvironmentListProps {
  /** The most urgent first. */
  readonly cards: readonly EnvironmentCard[];
  readonly now: number;
}

type Which = 'all' | 'due' | 'production';

/** More environments than anybody looks through as cards: a line each, found by typing. */
export function EnvironmentList({ cards, now }: EnvironmentListProps) {
  const proceed = useProceed();
  const [typed, setTyped] = useState('');
  const [which, setWhich] = useState<Which>('all');
  const due = cards.filter((card) => isDue(card, now));
  const production = cards.filter((card) => card.production);
  const chosen = { all: cards, due, production }[which];
  const shown = chosen.filter((card) => holdsWords(textOf(card), typed));

  const columns: DataColumn<EnvironmentCard>[] = [
    {
      key: 'name',
      head: 'Environment',
      sortBy: ({ name }) => name,
      cell: ({ name, colour, production, address }) => (
        <span className={styles.line}>
          <EnvironmentDot colour={colour} />
          <span className={styles.named} title={`${name}: ${address.database} on ${address.host}`}>
            <span>{name}</span>
            <span className={styles.where}>
              {address.database} on {address.host}
            </span>
          </span>
          {production && <ProductionBadge />}
        </span>
      ),
    },
    {
      key: 'state',
      head: 'State',
      cell: ({ next }) => (
        <StateBadge tone={nextSteps[next.action].tone}>{nextSteps[next.action].state}</StateBadge>
      ),
    },
    {
      key: 'due',
      head: 'What is due',
      cell: (card) => <span className={styles.why}>{dueInWords(card, now)}</span>,
    },
    {
      key: 'backup',
      head: 'Backup tested',
      sortBy: ({ activeKey }) => activeKey?.provenAt ?? '',
      cell: ({ activeKey }) =>
        activeKey?.provenAt === undefined ? 'never' : <RelativeTime at={activeKey.provenAt} />,
    },
    {
      key: 'next',
      head: 'Next',
      cell: (card) => {
        const { label } = nextSteps[card.next.action];
        return (
          <Button
            size="xs"
            variant={card.next.action === 'nothing' ? 'default' : 'filled'}
            aria-label={`${label}: ${card.name}`}
            onClick={() => proceed(card)}
          >
            {label}
          </Button>
        );
      },
    },
  ];

  return (
    <Card padded={false}>
      <div className={styles.bar} role="search">
        <FilterField
          what="environments"
          placeholder="Name, database, host or next step"
          value={typed}
          onChange={setTyped}
          className={styles.filter}
        />
        <SegmentedControl
          aria-label="Which environments"
          value={which}
          onChange={(value) => setWhich(value as Which)}
          data={[
            { value: 'all', label: `All · ${cards.length}` },
            { value: 'due', label: `Due · ${due.length}` },
            { value: 'production', label: `Production · ${production.length}` },
          ]}
        />
      </div>
      <DataTable
        caption="Environments"
        columns={columns}
        rows={shown}
        rowKey={({ id }) => id}
        empty="No matching environments."
        maxHeight={560}
        rowHeight={56}
      />
    </Card>
  );
}

function dueInWords(card: EnvironmentCard, now: number): string {
  const ending = certificateDue(card, now);
  const why = asSentence(card.next.why).replace(/\.$/, '');
  return ending === undefined ? why : `${why}; the server’s ${ending}`;
}

function textOf({ name, address, next, production }: EnvironmentCard): string {
  const { state } = nextSteps[next.action];
  return [name, address.database, address.host, state, next.why, production ? 'prod production' : ''].join(
    ' ',
  );
}
