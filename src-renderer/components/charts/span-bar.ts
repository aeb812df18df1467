import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams } from 'echarts';

/** Of a custom series: data of `[row, from, to]` as bars. None is so short that it is not seen. */
export const spanBars = { type: 'custom', renderItem: spanBar, encode: { x: [1, 2], y: 0 } } as const;

function spanBar(_: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) {
  const [left = 0, y = 0] = api.coord([api.value(1), api.value(0)]);
  const [right = 0] = api.coord([api.value(2), api.value(0)]);
  return {
    type: 'rect' as const,
    shape: { x: left, y: y - 7, width: Math.max(4, right - left), height: 14, r: 4 },
    style: { fill: api.visual('color') as string },
  };
}
