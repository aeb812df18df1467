import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { PostureReport, PostureRun, PostureStatus } from '#contract/posture';
import { StateBadge } from '../../components/marks/badge.tsx';
import { Card } from '../../components/layout/card.tsx';
import { asSentence } from '../../components/format.ts';
import { Notice } from '../../components/notices/notice.tsx';
import { StatTiles } from '../../components/layout/stat-tiles.tsx';
import { ExportReport } from './export-report.tsx';
import { FindingItem } from './finding-item.tsx';
import styles from './posture.module.css';
import { PostureTrend } from './posture-trend.tsx';
import { areas, countOf, type Filter, filters, isShown, worstOf } from './posture-text.ts';

export interface ReportViewProps {
  readonly environment: EnvironmentCard;
  readonly report: PostureReport;
  readonly runs: readonly PostureRun[];
  readonly onAnswered: () => Promise<void>;
}

/** Counts on top, each of which shows its findings alone, then every finding by the part of Ballast's page that it belongs to. */
export function ReportView({ environment, report, runs, onAnswered }: ReportViewProps) {
  const [filter, setFilter] = useState<Filter>('all');
  const { findings } = report;
  const shown = findings.filter((finding) => isShown(finding, filter));
  const failed = countOf(findings, 'fail');
  const warned = countOf(findings, 'warn');
  const filtering = (status: PostureStatus) => ({
    isChosen: filter === status,
    onChoose: () => setFilter((before) => (before === status ? 'all' : status)),
  });

  return (
    <>
      {report.recordFault !== undefined && <Notice tone="warn" title={asSentence(report.recordFault)} />}
      <StatTiles
        tiles={[
          {
            value: failed,
            label: failed === 1 ? 'fails' : 'fail',
            ...(failed > 0 && { tone: 'stop' }),
            ...filtering('fail'),
          },
          {
            value: warned,
            label: warned === 1 ? 'warning' : 'warnings',
            ...(warned > 0 && { tone: 'warn' }),
            ...filtering('warn'),
          },
          { value: countOf(findings, 'unknown'), label: 'unknown', ...filtering('unknown') },
          { value: countOf(findings, 'pass'), label: 'pass', tone: 'good', ...filtering('pass') },
        ]}
      />
      <PostureTrend runs={runs} />
      <div className={styles.bar}>
        <SegmentedControl
          aria-label="Findings"
          value={filter}
          onChange={(value) => setFilter(value as Filter)}
          data={filters.map(({ value, label }) => ({ value, label }))}
        />
        <ExportReport environment={environment} />
      </div>
      {shown.length === 0 && <p className={styles.none}>No matching findings.</p>}
      {areas.map(({ area, title }) => {
        const mine = shown.filter((finding) => finding.area === area);
        const worst = worstOf(mine);
        return (
          worst && (
            <Card
              key={area}
              title={title}
              padded={false}
              aside={<StateBadge tone={worst.tone}>{worst.words}</StateBadge>}
            >
              <ul className={styles.findings}>
                {mine.map((finding) => (
                  <FindingItem
                    key={finding.id}
                    environment={environment}
                    finding={finding}
                    onAnswered={onAnswered}
                  />
                ))}
              </ul>
            </Card>
          )
        );
      })}
    </>
  );
}
