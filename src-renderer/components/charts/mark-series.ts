import type { ChartColours } from './chart-colours.ts';

/** How a kind of event is marked on a timeline. */
export interface Mark {
  readonly symbol: string;
  readonly colour: keyof ChartColours;
  readonly hollow?: boolean;
}

/** A series of marks, whose data are `[time, row]`. */
export function markSeries({ symbol, colour, hollow = false }: Mark, colours: ChartColours) {
  return {
    type: 'scatter',
    symbol,
    symbolSize: 11,
    itemStyle: hollow
      ? { color: colours.surface, borderColor: colours[colour], borderWidth: 2 }
      : { color: colours[colour], borderColor: colours.surface, borderWidth: 1 },
  } as const;
}
