import { useCallback } from 'react';
import type { PostureRun } from '#contract/posture';
import { counted } from '#shared/counted';
import { type ChartColours, chartFrame } from '../../components/charts/chart-colours.ts';
import { Chart } from '../../components/charts/chart.tsx';
import { formatDay, formatMoment } from '../../components/format.ts';
import { Card } from '../../components/layout/card.tsx';
import { DataTable } from '../../components/layout/data-table.tsx';
import { changeInWords, latest, parts } from './posture-runs.ts';

export interface PostureTrendProps {
  /** Oldest first. */
  readonly runs: readonly PostureRun[];
}

/** How the checks of an environment came out, one after the other. */
export function PostureTrend({ runs }: PostureTrendProps) {
  const draw = useCallback((colours: ChartColours) => trendOf(latest(runs), colours), [runs]);
  const change = changeInWords(runs);
  if (change === undefined) return null;
  const shown = latest(runs).length;
  return (
    <Card title="Posture over time" aside={<span>{change}</span>} padded={false}>
      <Chart
        height={170}
        draw={draw}
        label={`A chart of the last ${counted(shown, 'check')}: how many findings failed, warned, were unknown and passed. ${change}`}
      >
        <DataTable
          caption="Posture checks"
          rows={[...runs].reverse()}
          rowKey={({ at }) => at}
          maxHeight={320}
          columns={[
            { key: 'at', head: 'Checked', sortBy: ({ at }) => at, cell: ({ at }) => formatMoment(at) },
            ...parts.map(({ key, name }) => ({
              key,
              head: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
              numeric: true,
              sortBy: (run: PostureRun) => run[key],
              cell: (run: PostureRun) => run[key],
            })),
          ]}
        />
      </Chart>
    </Card>
  );
}

function trendOf(runs: readonly PostureRun[], colours: ChartColours) {
  const { axis, legend, tooltip, textStyle } = chartFrame(colours);
  const shown = parts.filter(({ key }) => key !== 'waived' || runs.some(({ waived }) => waived > 0));
  return {
    textStyle,
    legend,
    tooltip: { ...tooltip, trigger: 'axis' },
    grid: { left: 8, right: 16, top: 34, bottom: 4, containLabel: true },
    xAxis: { type: 'category', data: runs.map(({ at }) => formatDay(at)), ...axis },
    yAxis: { type: 'value', minInterval: 1, ...axis },
    series: shown.map(({ key, name, colour }) => ({
      name,
      type: 'bar',
      stack: 'findings',
      barMaxWidth: 28,
      itemStyle: { color: colours[colour], borderColor: colours.surface, borderWidth: 0.5 },
      data: runs.map((run) => run[key]),
    })),
  };
}
