import { useCallback, useMemo } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import { counted } from '#shared/counted';
import { type ChartColours, chartFrame } from '../../components/charts/chart-colours.ts';
import { Chart } from '../../components/charts/chart.tsx';
import { markSeries } from '../../components/charts/mark-series.ts';
import { spanBars } from '../../components/charts/span-bar.ts';
import { formatDay } from '../../components/format.ts';
import { Card } from '../../components/layout/card.tsx';
import { DataTable } from '../../components/layout/data-table.tsx';
import { type Ages, agesOf, fromNow, stretchOf } from './ages.ts';

export interface AgesChartProps {
  /** The most urgent first. */
  readonly cards: readonly EnvironmentCard[];
  readonly now: number;
}

/** More lines than these are read in the table. */
const maxLines = 12;

/** How old keys and test restores are, and when certificates expire, over all environments. */
export function AgesChart({ cards, now }: AgesChartProps) {
  const ages = useMemo(() => agesOf(cards), [cards]);
  const drawn = useMemo(() => ages.slice(0, maxLines), [ages]);
  // a chart need not be drawn again each second
  const today = Math.floor(now / 3_600_000) * 3_600_000;
  const draw = useCallback((colours: ChartColours) => chartOf(drawn, colours, today), [drawn, today]);
  if (ages.length < 2) return null;
  const time = (
    key: keyof Ages & ('testedAt' | 'testDueAt' | 'certificateTo'),
    head: string,
    none: string,
  ) => ({
    key,
    head,
    sortBy: (line: Ages) => line[key] ?? 0,
    cell: (line: Ages) => inWords(line[key], today) ?? none,
  });
  return (
    <Card
      title="Ages of keys, test restores and certificates"
      {...(drawn.length < ages.length && { aside: <span>the {maxLines} most urgent</span> })}
      padded={false}
    >
      <Chart
        height={84 + 26 * drawn.length}
        draw={draw}
        label={`A timeline of ${counted(drawn.length, 'environment')}: since when each key is in use, when a backup was tested, and when certificates expire. The table below lists ${drawn.length < ages.length ? `${ages.length} environments` : 'the same'}.`}
      >
        <DataTable
          caption="Ages"
          rows={ages}
          rowKey={({ id }) => id}
          maxHeight={360}
          columns={[
            { key: 'name', head: 'Environment', sortBy: ({ name }) => name, cell: ({ name }) => name },
            {
              key: 'key',
              head: 'Key in use',
              sortBy: ({ keySince }) => keySince ?? 0,
              cell: ({ keySince, before }) => keyInWords(keySince, before, today) ?? 'no active key',
            },
            time('testedAt', 'Backup tested', 'never'),
            time('testDueAt', 'Next test restore', '–'),
            time('certificateTo', 'Certificate expires', 'not known'),
          ]}
        />
      </Chart>
    </Card>
  );
}

function inWords(at: number | undefined, now: number): string | undefined {
  return at === undefined ? undefined : `${formatDay(new Date(at).toISOString())}, ${fromNow(at, now)}`;
}

function keyInWords(since: number | undefined, before: boolean, now: number): string | undefined {
  const words = inWords(since, now);
  return words && `since ${before ? 'before ' : ''}${words}`;
}

const marks = [
  { key: 'testedAt', name: 'backup tested', symbol: 'diamond', colour: 'accent' },
  { key: 'testDueAt', name: 'next test restore', symbol: 'diamond', colour: 'accent', hollow: true },
  { key: 'certificateTo', name: 'certificate expires', symbol: 'triangle', colour: 'stop' },
] as const;

function chartOf(ages: readonly Ages[], colours: ChartColours, now: number) {
  const { axis, legend, tooltip, textStyle } = chartFrame(colours);
  const { from, to } = stretchOf(ages, now);
  const shown = marks.filter(({ key }) => ages.some((line) => isIn(line[key], from, to)));
  return {
    textStyle,
    legend: { ...legend, data: ['key in use', ...shown.map(({ name }) => name)] },
    tooltip,
    grid: { left: 8, right: 24, top: 46, bottom: 8, containLabel: true },
    xAxis: { type: 'time', min: from, max: to, ...axis },
    yAxis: {
      type: 'category',
      inverse: true,
      data: ages.map(({ name }) => name),
      ...axis,
      axisLabel: { ...axis.axisLabel, hideOverlap: false, width: 150, overflow: 'truncate' },
      splitLine: { show: false },
    },
    series: [
      {
        name: 'key in use',
        ...spanBars,
        color: colours.grey,
        markLine: {
          silent: true,
          symbol: 'none',
          lineStyle: { color: colours.dim, type: 'dashed' },
          label: { formatter: 'today', color: colours.dim, position: 'start', distance: 4 },
          data: [{ xAxis: now }],
        },
        data: ages.flatMap(({ name, keySince, before }, row) =>
          keySince === undefined
            ? []
            : {
                value: [row, Math.max(keySince, from), now],
                tooltip: { formatter: `${name}\nkey in use ${keyInWords(keySince, before, now)}` },
              },
        ),
      },
      ...shown.map(({ key, name: what, ...mark }) => ({
        name: what,
        ...markSeries(mark, colours),
        data: ages.flatMap((line, row) => {
          const at = line[key];
          return isIn(at, from, to)
            ? { value: [at, row], tooltip: { formatter: `${line.name}\n${what}: ${inWords(at, now)}` } }
            : [];
        }),
      })),
    ],
  };
}

function isIn(time: number | undefined, from: number, to: number): time is number {
  return time !== undefined && time >= from && time <= to;
}
