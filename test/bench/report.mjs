/** What a suite is called in the table, and what its figures are against. */
const titles = {
  rotation: 'Rotation and proof, against PostgreSQL itself',
  peers: 'Other tools’ algorithms',
  links: 'Slow links',
  growth: 'More rows',
  cipher: 'The cipher alone',
  census: 'Census',
  archive: 'Archive of credentials',
  'api-keys': 'API keys',
  start: 'Start',
};

/** The results as Markdown: a table a suite, ratios first. */
export function asMarkdown({ machine, at, options, suites }) {
  const { cpu, cores, memoryGb, system, node, load } = machine;
  const lines = [
    `Measured ${at.slice(0, 10)} on ${cores} × ${cpu}, ${memoryGb} GB, ${system}, Node ${node}, PostgreSQL 18 of npm on the same machine; its load was ${load} as the run began. Medians, least and most of ${options.rounds} rounds, in each of which every side ran once.`,
    '',
  ];
  for (const { name, measures } of suites) {
    lines.push(
      `## ${titles[name] ?? name}`,
      '',
      '| what | median | least – most | goal |',
      '|---|---|---|---|',
    );
    for (const { what, unit, median, least, most, goal, met } of ratiosFirst(measures)) {
      const told = goal === undefined ? '' : `${goal}: ${met ? 'met' : '**missed**'}`;
      lines.push(`| ${what} | ${figure(median)} ${unit} | ${figure(least)} – ${figure(most)} | ${told} |`);
    }
    lines.push('');
  }
  return lines.join('\n');
}

/** The same for a terminal. */
export function asText(name, measures) {
  const rows = ratiosFirst(measures).map(({ what, unit, median, least, most, goal, met }) => {
    const told = goal === undefined ? '' : `  goal ${goal}: ${met ? 'met' : 'MISSED'}`;
    return `  ${what}: ${figure(median)} ${unit} (${figure(least)} to ${figure(most)})${told}`;
  });
  return `${titles[name] ?? name}\n${rows.join('\n')}\n`;
}

function ratiosFirst(measures) {
  return measures.toSorted((a, b) => Number(b.unit === '×') - Number(a.unit === '×'));
}

/** Three figures that count. */
function figure(value) {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}
