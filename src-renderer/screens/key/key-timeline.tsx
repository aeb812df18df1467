import { useCallback, useMemo } from 'react';
import { counted } from '#shared/counted';
import type { KeyMemory } from '#contract/key-ring';
import type { KeyEntry } from '#contract/keys';
import { type ChartColours, chartFrame } from '../../components/charts/chart-colours.ts';
import { Chart } from '../../components/charts/chart.tsx';
import { type Mark, markSeries } from '../../components/charts/mark-series.ts';
import { spanBars } from '../../components/charts/span-bar.ts';
import { asSentence, fileName, formatMoment } from '../../components/format.ts';
import { Card } from '../../components/layout/card.tsx';
import { DataTable } from '../../components/layout/data-table.tsx';
import { type KeyEvent, type KeyEventKind, type KeyHistory, keyHistory } from './key-history.ts';

export interface KeyTimelineProps {
  /** Newest first. */
  readonly keys: readonly KeyEntry[];
  readonly memories: readonly KeyMemory[];
}

/** When each key came, was in use, was backed up and drilled, and went. */
export function KeyTimeline({ keys, memories }: KeyTimelineProps) {
  const history = useMemo(() => keyHistory(keys, memories), [keys, memories]);
  const names = useMemo(() => keys.map(({ fingerprint }) => fingerprint), [keys]);
  const draw = useCallback(
    (colours: ChartColours) => timelineOf(history, names, colours, Date.now()),
    [history, names],
  );
  const height = 76 + 34 * names.length;
  return (
    <Card title="Key timeline" padded={false}>
      <Chart
        height={height}
        draw={draw}
        label={`A timeline of ${counted(names.length, 'key')} with ${counted(history.events.length, 'event')}; the table below lists them.`}
      >
        <DataTable
          caption="Key history"
          rows={[...history.events].reverse()}
          rowKey={({ at, fingerprint, kind, of = '' }) => `${at} ${fingerprint} ${kind} ${of}`}
          maxHeight={320}
          columns={[
            { key: 'when', head: 'When', sortBy: ({ at }) => at, cell: ({ at }) => momentOf(at) },
            { key: 'key', head: 'Key', mono: true, cell: ({ fingerprint }) => fingerprint },
            { key: 'what', head: 'Event', sortBy: ({ kind }) => kind, cell: eventInWords },
          ]}
        />
      </Chart>
    </Card>
  );
}

function eventInWords({ kind, of }: KeyEvent): string {
  const words = asSentence(kind).replace(/\.$/, '');
  return of === undefined ? words : `${words}: ${fileName(of)}`;
}

function momentOf(at: number): string {
  return formatMoment(new Date(at).toISOString());
}

/** The marks that are shown; when a key was made is where its bar begins, or alone. */
const marks: readonly (Mark & { readonly kind: KeyEventKind })[] = [
  { kind: 'made', symbol: 'circle', colour: 'accent' },
  { kind: 'imported', symbol: 'circle', colour: 'accent', hollow: true },
  { kind: 'backup created', symbol: 'rect', colour: 'warn' },
  { kind: 'backup tested', symbol: 'diamond', colour: 'good' },
  { kind: 'destroyed', symbol: 'triangle', colour: 'stop' },
];

function timelineOf(
  { uses, events }: KeyHistory,
  names: readonly string[],
  colours: ChartColours,
  now: number,
) {
  const { axis, legend, tooltip, textStyle } = chartFrame(colours);
  const rowOf = (fingerprint: string) => names.indexOf(fingerprint);
  const shown = marks.filter(({ kind }) => events.some((event) => event.kind === kind));
  return {
    textStyle,
    legend: { ...legend, data: ['in use', ...shown.map(({ kind }) => kind)] },
    tooltip,
    grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
    xAxis: { type: 'time', max: now, ...axis },
    yAxis: {
      type: 'category',
      inverse: true,
      data: names.map((name) => name.slice(0, 9)),
      ...axis,
      splitLine: { show: false },
    },
    series: [
      {
        name: 'in use',
        ...spanBars,
        color: colours.good,
        data: uses.map(({ fingerprint, state, from, to = now, before }) => ({
          value: [rowOf(fingerprint), from, to],
          itemStyle: { color: state === 'active' && to === now ? colours.good : colours.grey },
          tooltip: {
            formatter: `${fingerprint}\nin use since ${before ? 'before ' : ''}${momentOf(from)}${to === now ? '' : `\nuntil ${momentOf(to)}`}`,
          },
        })),
      },
      ...shown.map(({ kind, ...mark }) => ({
        name: kind,
        ...markSeries(mark, colours),
        data: events
          .filter((event) => event.kind === kind)
          .map((event) => ({
            value: [event.at, rowOf(event.fingerprint)],
            tooltip: { formatter: `${event.fingerprint}\n${eventInWords(event)}\n${momentOf(event.at)}` },
          })),
      })),
    ],
  };
}
