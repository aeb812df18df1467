import { useCallback, useMemo } from 'react';
import type { RotationResult } from '#contract/rotation';
import { type ChartColours, chartFrame } from '../../../components/charts/chart-colours.ts';
import { Chart } from '../../../components/charts/chart.tsx';
import { spanBars } from '../../../components/charts/span-bar.ts';
import { formatDuration } from '../../../components/format.ts';
import { Card } from '../../../components/layout/card.tsx';
import { DataTable } from '../../../components/layout/data-table.tsx';
import { shareOf, type TimedPhase, timedPhases, waitInWords } from './run-times.ts';

/** Where the time of a run went, and for how long of it writers waited. */
export function RunChart({ result }: { readonly result: RotationResult }) {
  const { rehearsal } = result;
  const timed = useMemo(() => timedPhases(result), [result]);
  const draw = useCallback((colours: ChartColours) => chartOf(timed, colours), [timed]);
  if (timed.length === 0) return null;
  const total = timed.at(-1)?.to ?? 0;
  const words = waitInWords(timed, rehearsal);
  return (
    <Card title="Where the time went" aside={<span>{words}</span>} padded={false}>
      <Chart
        height={62 + 26 * timed.length}
        draw={draw}
        label={`A chart of the ${timed.length} phases of the ${rehearsal ? 'rehearsal' : 'rotation'}. ${words}`}
      >
        <DataTable
          caption="Phases"
          rows={timed}
          rowKey={({ title }) => title}
          columns={[
            { key: 'phase', head: 'Phase', cell: ({ title }) => title },
            { key: 'means', head: 'What happens', cell: ({ means }) => means },
            {
              key: 'time',
              head: 'Time',
              numeric: true,
              sortBy: ({ from, to }) => to - from,
              cell: ({ from, to }) => formatDuration(to - from),
            },
            { key: 'share', head: 'Share', numeric: true, cell: (phase) => shareOf(phase, total) },
            {
              key: 'writers',
              head: 'Writers',
              cell: ({ writersWait }) => (writersWait ? 'wait' : 'continue'),
            },
          ]}
        />
      </Chart>
    </Card>
  );
}

function chartOf(timed: readonly TimedPhase[], colours: ChartColours) {
  const { axis, legend, tooltip, textStyle } = chartFrame(colours);
  const series = [
    { name: 'writers continue', waits: false, color: colours.good },
    { name: 'writers wait', waits: true, color: colours.warn },
  ];
  return {
    textStyle,
    legend: { ...legend, data: series.map(({ name }) => name) },
    tooltip,
    grid: { left: 8, right: 24, top: 32, bottom: 4, containLabel: true },
    xAxis: {
      type: 'value',
      max: timed.at(-1)?.to,
      ...axis,
      axisLabel: { ...axis.axisLabel, formatter: formatDuration },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: timed.map(({ title, from, to }) => `${title}, ${formatDuration(to - from)}`),
      ...axis,
      splitLine: { show: false },
    },
    series: series.map(({ name, waits, color }) => ({
      name,
      ...spanBars,
      color,
      data: timed.flatMap(({ title, means, from, to, writersWait }, row) =>
        writersWait === waits
          ? {
              value: [row, from, to],
              tooltip: { formatter: `${title}: ${formatDuration(to - from)}\n${means}` },
            }
          : [],
      ),
    })),
  };
}
