// docs/mutants.md, written from what runs of all rooms found.

const share = (part, whole) => (whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`);
const cell = (text) => `\`${text.replaceAll('|', '\\|').replaceAll('`', "'")}\``;

export function pageOf(results, reasons) {
  const all = Object.values(results);
  const sum = (count) => all.reduce((total, result) => total + count(result), 0);
  const rows = Object.entries(results).map(
    ([room, { mutants, drawn, noticed, seed, date, commit }]) =>
      `| ${room} | ${mutants} | ${drawn} | ${noticed} | ${share(noticed, drawn)} | \`${seed}\` | ${date}, \`${commit}\` |`,
  );
  const drawn = sum((result) => result.drawn);
  const noticed = sum((result) => result.noticed);
  return `# Would the tests notice?

Written by \`npm run test:mutants -- --write\`; do not edit it.

[Stryker](https://stryker-mutator.io) changes one thing in the code at a time: a condition, a comparison, a literal, a block, a
statement of SQL, or (a mutator of our own) a call that is left out. A mutant is *noticed* where a test fails, or waits too long. All mutants of a room are
too many for each run, so they are drawn by a seed: the figure is of a sample. Words for people are not changed. Only tests that run inside the tests' own
process are asked, a room's unit tests and the steps of a rotation on a real PostgreSQL; those that start the command line, the
specs and the faults see the code as it was built, and are not counted.

| room | mutants | drawn | noticed | | seed | when |
|---|---|---|---|---|---|---|
${rows.join('\n')}
| together | ${sum((result) => result.mutants)} | ${drawn} | ${noticed} | ${share(noticed, drawn)} | | |

## What no test noticed

${survivorsOf(results, reasons)}

\`npm run test:mutants -- --room NAME --sample N --seed S\` repeats a room, on the same code.
`;
}

/** Reasons are kept by the line's text, not by its number, which moves. */
export const reasonOf = (reasons, { place, line, was, became }) =>
  reasons[place.replace(/:\d+$/, '')]?.find(
    (one) => one.line === line && one.was === was && one.became === became,
  )?.why;

function survivorsOf(results, reasons) {
  const lines = Object.values(results).flatMap(({ survived }) =>
    survived.map((one) => {
      const reach = one.status === 'NoCoverage' ? 'no test asked reaches it' : 'tests reach it, and pass';
      const why = reasonOf(reasons, one) ?? `${reach}; not explained yet`;
      return `| ${one.place.replace('src-main/', '')} | ${cell(one.was)} | ${cell(one.became)} | ${why} |`;
    }),
  );
  if (lines.length === 0) return 'Nothing.';
  return ['| where | was | became | |', '|---|---|---|---|', ...lines].join('\n');
}
