import { useComputedColorScheme } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { EChartsCoreOption } from 'echarts/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { type ChartColours, chartColours, forcedColours } from './chart-colours.ts';
import styles from './chart.module.css';

export interface ChartProps {
  /** What is seen, in a sentence, for those who do not see it. */
  readonly label: string;
  /** In pixels. */
  readonly height: number;
  /** What is drawn, in the colours of the present scheme. Kept with `useCallback`. */
  readonly draw: (colours: ChartColours) => EChartsCoreOption;
  /** The same as a table. */
  readonly children: ReactNode;
}

/** A picture of numbers, and the table behind it. */
export function Chart({ label, height, draw, children }: ChartProps) {
  const ground = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');
  const isForced = useMediaQuery(forcedColours);

  useEffect(() => {
    const { current } = ground;
    if (!current) return;
    let stop: (() => void) | undefined;
    let over = false;
    const start = async () => {
      const { init } = await import('./chart-engine.ts');
      if (over) return;
      const chart = init(current);
      chart.setOption({ animation: false, ...draw(chartColours(current)) });
      const follow = new ResizeObserver(() => chart.resize());
      follow.observe(current);
      stop = () => {
        follow.disconnect();
        chart.dispose();
      };
    };
    void start();
    return () => {
      over = true;
      stop?.();
    };
  }, [draw, scheme, isForced, height]);

  return (
    <figure className={styles.chart}>
      <div ref={ground} role="img" aria-label={label} style={{ height }} />
      <details>
        <summary>Show as a table</summary>
        {children}
      </details>
    </figure>
  );
}
