/** The colours of tokens.css, as a canvas needs them. */
export interface ChartColours {
  readonly text: string;
  readonly dim: string;
  readonly line: string;
  readonly surface: string;
  readonly accent: string;
  readonly good: string;
  readonly warn: string;
  readonly stop: string;
  readonly grey: string;
  readonly font: string;
}

/** A canvas is not recoloured where the system forces its colours, so it takes them itself. */
const forced = {
  text: 'CanvasText',
  dim: 'CanvasText',
  line: 'GrayText',
  surface: 'Canvas',
  accent: 'LinkText',
  good: 'Highlight',
  warn: 'CanvasText',
  stop: 'VisitedText',
  grey: 'GrayText',
} as const;

export const forcedColours = '(forced-colors: active)';

/** As they are where the element is, in the scheme of now. */
export function chartColours(element: HTMLElement): ChartColours {
  const style = getComputedStyle(element);
  if (matchMedia(forcedColours).matches) return { ...forced, font: style.fontFamily };
  const token = (name: string) => style.getPropertyValue(`--keel-${name}`).trim();
  return {
    text: token('text'),
    dim: token('dim'),
    line: token('line'),
    surface: token('surface'),
    accent: token('accent'),
    good: token('good'),
    warn: token('warn'),
    stop: token('stop'),
    grey: token('grey'),
    font: style.fontFamily,
  };
}

/** What axes, legends and tooltips share. A tooltip is drawn, since the policy of the page forbids styles in markup. */
export function chartFrame({ text, dim, line, surface, font }: ChartColours) {
  return {
    textStyle: { fontFamily: font, color: text },
    axis: {
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
      axisLabel: { color: dim, hideOverlap: true },
      splitLine: { lineStyle: { color: line } },
    },
    legend: { textStyle: { color: text }, itemWidth: 12, itemHeight: 12, top: 0, left: 0 },
    tooltip: {
      renderMode: 'richText',
      confine: true,
      backgroundColor: surface,
      borderColor: line,
      textStyle: { color: text, fontSize: 12 },
    },
  } as const;
}
