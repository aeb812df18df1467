import { init } from 'echarts';

const colours = { 'bare UPDATE': '#8a94a6', rotation: '#2f6fdb', other: '#c07a2c' };

/** A plot for each suite that says more as one, as SVG by its file name. */
export function plots(suites) {
  const of = (name) => suites.find((suite) => suite.name === name)?.measures;
  const drawn = {};
  const rotation = of('rotation');
  if (rotation)
    drawn['rotation.svg'] = bars(
      'Times a bare UPDATE of the same rows',
      ratios(rotation, /^(\w+) \(.*: (rotation|lock) to a bare UPDATE$/),
    );
  const peers = of('peers');
  if (peers)
    drawn['peers.svg'] = bars(
      'Times Keel’s rotation, proof and comparison included',
      ratios(peers, /^(.*) to Keel, .*()$/),
    );
  const census = of('census');
  if (census) drawn['census.svg'] = bars('Census, MB/s', perSecond(census));
  const growth = of('growth');
  if (growth) drawn['growth.svg'] = lines('µs a row', growth);
  return drawn;
}

function ratios(measures, pattern) {
  return measures.flatMap(({ what, unit, ...figures }) => {
    const [, name, kind] = unit === '×' ? (pattern.exec(what) ?? []) : [];
    return name === undefined ? [] : [{ name, series: kind || 'ratio', ...figures }];
  });
}

function perSecond(measures) {
  return measures.flatMap(({ what, unit, ...figures }) => {
    const [, name, side] =
      unit === 'MB/s' ? (/^(\w+) \(.*\): (COPY alone|COPY and census|a file)/.exec(what) ?? []) : [];
    return name === undefined ? [] : [{ name, series: side, ...figures }];
  });
}

function bars(title, points) {
  const names = [...new Set(points.map(({ name }) => name))];
  const series = [...new Set(points.map(({ series: one }) => one))];
  return draw({
    title: { text: title, left: 'left', top: 0, textStyle: { fontSize: 14, fontWeight: 'normal' } },
    legend: series.length > 1 ? { top: 30, left: 'left' } : undefined,
    grid: { left: 16, right: 56, top: series.length > 1 ? 64 : 40, bottom: 8, containLabel: true },
    xAxis: { type: 'value', min: 0 },
    yAxis: { type: 'category', data: names, inverse: true },
    series: series.map((one) => ({
      name: one,
      type: 'bar',
      label: { show: true, position: 'right', formatter: ({ value }) => Number(value).toPrecision(3) },
      data: names.map((name) => points.find((point) => point.name === name && point.series === one)?.median),
    })),
  });
}

function lines(title, measures) {
  const points = measures.flatMap(({ what, unit, median }) => {
    const [, rows, side] =
      unit === title ? (/^([\d,]+) rows: (a bare UPDATE|rotation)$/.exec(what) ?? []) : [];
    return rows === undefined ? [] : [{ rows: Number(rows.replaceAll(',', '')), side, median }];
  });
  return draw({
    title: { text: title, left: 'left', top: 0, textStyle: { fontSize: 14, fontWeight: 'normal' } },
    legend: { top: 30, left: 'left' },
    grid: { left: 16, right: 56, top: 64, bottom: 8, containLabel: true },
    xAxis: { type: 'log', name: 'rows' },
    yAxis: { type: 'value', min: 0 },
    series: [...new Set(points.map(({ side }) => side))].map((side) => ({
      name: side,
      type: 'line',
      data: points.filter((point) => point.side === side).map(({ rows, median }) => [rows, median]),
    })),
  });
}

/** Without a document: the library writes SVG as text. */
function draw(option) {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 720, height: 380 });
  chart.setOption({ animation: false, color: Object.values(colours), backgroundColor: '#ffffff', ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}
