// docs/reliability.md, written from what all runs counted.
import { costInWords, sumOf, sumsBy } from './tally.mjs';

export function pageOf(runs, cells) {
  const all = sumOf(cells.values());
  const histories = sumOf(runs.map((run) => run.histories));
  const sum = (count) => runs.reduce((total, run) => total + count(run), 0);
  return `# Nothing lost under faults

Written by \`npm run test:faults -- --write\`; do not edit it.

A case puts a database, a desk and a key ring in place, runs one step of Keel's command line, and strikes it with one fault at a point
drawn from a seed. A decryptor of its own (Node's \`aes-256-cfb\`, one value at a time) then reads every row. A case is *survived*
where every row opens under one key to what was there, \`keel recover\` names that key, what the command said is true, the key is in
the ring, the next rotation works, and nothing is left over: staging tables, sessions, locks, temporary files, clear keys. A fault
that its step never reached is counted apart and not as survived. A power loss is that of the desk: the files there lose what was
not synced. That of a server is its crash, which loses what it had not written; what an operating system loses under it is not tried.

| | |
|---|---|
| runs | ${runs.length}, each of the commit and with the seed that is listed below |
| faults injected | ${all.injected} |
| survived | ${all.survived} |
| not reached | ${all.notApplicable} |
| values read by the decryptor | ${all.checked + histories.checked} |
| rows lost | ${all.rowsLost + histories.rowsLost} |
| keys lost or wrongly named | ${all.keysLost + histories.keysLost} |
| histories | ${histories.injected}, of which ${histories.survived} without a complaint |
| not judged | ${sum(({ failures }) => failures)} cases or histories, since the test bed failed |

## By run

| date (UTC) | commit | seed | faults | survived | histories | without a complaint | rows lost | keys lost | minutes | workers |
|---|---|---|---|---|---|---|---|---|---|---|
${runs.map(runRow).join('\n')}

${runs.map(costLine).join('\n')}

## By step

${table('step', sumsBy(cells, 0))}

## By kind of fault

${table('fault', sumsBy(cells, 1))}

## Step by kind

Survived of injected faults; a dot means that the pair did not occur or does not apply.

${matrix(cells)}

## What did not survive

${complaintsOf(runs)}

\`npm run test:faults -- --seed SEED --case N\` repeats case N of a run, \`--history N\` a history, at its commit.

## Would the tests notice?

Of a sample of small changes to the code: [mutants.md](mutants.md), written by \`npm run test:mutants -- --write\`.
`;
}

function runRow({ date, commit, seed, cases, histories, minutes, workers }) {
  const lost = (what) => cases[what] + histories[what];
  const counts = [cases.injected, cases.survived, histories.injected, histories.survived];
  const cells = [date, `\`${commit}\``, `\`${seed}\``, ...counts, lost('rowsLost'), lost('keysLost')];
  return `| ${[...cells, minutes, workers].join(' | ')} |`;
}

function costLine({ seed, cost, cpuSeconds, cores, processor, load, hasKeychain }) {
  const keychain = hasKeychain
    ? 'gnome-keyring as keychain, one a worker'
    : 'no keychain here: keys in an encrypted key file, and no fault of a keychain';
  return `- seed \`${seed}\`: ${costInWords(cost, cpuSeconds)}; ${cores} × ${processor}, load ${load} at the end; ${keychain}`;
}

const byName = (a, b) => a.localeCompare(b);

function table(what, sums) {
  const rows = sums
    .toSorted(([a], [b]) => byName(a, b))
    .map(
      ([name, { injected, survived, notApplicable, checked, rowsLost, keysLost }]) =>
        `| ${name} | ${injected} | ${survived} | ${notApplicable} | ${checked} | ${rowsLost} | ${keysLost} |`,
    );
  const head = `| ${what} | injected | survived | not reached | values read | rows lost | keys lost |`;
  return [head, '|---|---|---|---|---|---|---|', ...rows].join('\n');
}

function matrix(cells) {
  const names = [...cells.keys()].map((name) => JSON.parse(name));
  const steps = [...new Set(names.map(([step]) => step))].sort(byName);
  const kinds = [...new Set(names.map(([, kind]) => kind))].sort(byName);
  const cell = (step, kind) => {
    const counts = cells.get(JSON.stringify([step, kind]));
    return counts && counts.injected > 0 ? `${counts.survived}/${counts.injected}` : '·';
  };
  return [
    `| fault | ${steps.join(' | ')} |`,
    `|---|${steps.map(() => '---').join('|')}|`,
    ...kinds.map((kind) => `| ${kind} | ${steps.map((step) => cell(step, kind)).join(' | ')} |`),
  ].join('\n');
}

function complaintsOf(runs) {
  const lines = runs.flatMap(({ seed, complaints }) =>
    complaints.map((words) => `- seed \`${seed}\`, ${words}`),
  );
  return lines.length === 0 ? 'Nothing.' : lines.join('\n');
}
