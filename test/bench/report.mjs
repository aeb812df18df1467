/** What a suite is called in the table, and what its figures are against. */
const titles = {
  start: 'Start',
  cipher: 'The cipher alone',
  rotation: 'Rotation and proof, against PostgreSQL itself',
  peers: 'Other tools’ algorithms',
  links: 'Slow links',
  growth: 'More rows',
  census: 'Census',
  archive: 'Archive of credentials',
  'api-keys': 'API keys',
  applications: 'Other applications, against PostgreSQL itself',
  lists: 'Long lists in the window',
};

/** What a reader has to know of a suite beside its figures. */
const remarks = {
  applications:
    'Few rows, so that the slow ones end: each figure includes what a rotation takes whatever the number of rows, and more of it the busier the machine is. What was said beforehand is for one machine as busy as it was at that moment.',
};

/** The results as a page: the goals first, plots by their file names, then a table a suite with its ratios first. */
export function asMarkdown(suites, plotNames) {
  const lines = [
    '# How fast it is',
    '',
    '`npm run bench -- --write` makes this page and the plots on it; `npm run bench -- --only NAME --write` measures a part anew. `results.json` has the figures.',
    '',
    `Measured on ${machinesOf(suites)}, Keel, server and links on the same machine. In each round every side runs once, in turn, each time beginning with another one; a ratio is taken round by round.`,
    '',
    '## Goals',
    '',
    ...goalsTable(suites),
    '',
  ];
  for (const name of plotNames) lines.push(`![${name.replace('.svg', '')}](${name})`, '');
  for (const { name, measures, at, machine, options } of suites) {
    lines.push(
      `## ${titles[name] ?? name}`,
      '',
      `${at.slice(0, 10)}, ${machine.cpu}, at most ${options.rounds} rounds; load of the machine as the run began: ${machine.load}.${name in remarks ? ` ${remarks[name]}` : ''}`,
      '',
      '| what | median | least – most | goal |',
      '|---|---|---|---|',
    );
    for (const { what, unit, median, least, most, goal, met } of ratiosFirst(measures)) {
      const verdict = goal === undefined ? '' : `${goal}: ${met ? 'met' : '**MISSED**'}`;
      lines.push(`| ${what} | ${figure(median)} ${unit} | ${figure(least)} – ${figure(most)} | ${verdict} |`);
    }
    lines.push('');
  }
  return lines.join('\n');
}

/** The part of the project's README between its two marks: the headlines, and one plot. */
export function asSummary(suites, plot) {
  return [
    `Measured on ${machinesOf(suites)}, medians; more in [docs/bench](docs/bench/README.md):`,
    '',
    '| what | median | goal |',
    '|---|---|---|',
    ...suites
      .flatMap(({ measures }) => measures.filter(({ headline }) => headline))
      .map(
        ({ headline, unit, median, goal = '' }) => `| ${headline} | ${figure(median)} ${unit} | ${goal} |`,
      ),
    '',
    ...(plot ? [`![How long a rotation takes against a bare UPDATE](docs/bench/${plot})`, ''] : []),
  ].join('\n');
}

function goalsTable(suites) {
  const rows = suites.flatMap(({ measures }) => measures).filter(({ goal }) => goal !== undefined);
  return [
    '| what | reached | goal | |',
    '|---|---|---|---|',
    ...ratiosFirst(rows).map(
      ({ what, unit, median, goal, met }) =>
        `| ${what} | ${figure(median)} ${unit} | ${goal} | ${met ? 'met' : '**MISSED**'} |`,
    ),
  ];
}

/** Each machine that a suite was measured on, once. */
function machinesOf(suites) {
  return [...new Set(suites.map(({ machine }) => described(machine)))].join(' and ');
}

function described({ cpu, cores, memoryGb, system, node }) {
  return `${cores} × ${cpu}, ${memoryGb} GB, ${system}, Node ${node}, PostgreSQL 18`;
}

/** The same for a terminal. */
export function asText(name, measures) {
  const rows = ratiosFirst(measures).map(({ what, unit, median, least, most, goal, met }) => {
    const verdict = goal === undefined ? '' : `  goal ${goal}: ${met ? 'met' : 'MISSED'}`;
    return `  ${what}: ${figure(median)} ${unit} (${figure(least)} to ${figure(most)})${verdict}`;
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
