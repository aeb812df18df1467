/** What is drawn with, in a file of its own: it is loaded with the first chart. Each part is named, so that no other comes along. */
import { BarChart, CustomChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use as register } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

register([
  BarChart,
  CustomChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  // the other renderer writes style attributes, which the policy of the page forbids
  CanvasRenderer,
]);

export { init };
