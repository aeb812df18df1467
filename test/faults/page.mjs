// docs/reliability.md, written from what a run counted.
import { availableParallelism, cpus, loadavg } from 'node:os';
import { sumOf, sumsBy } from './tally.mjs';

export function pageOf(tally, facts) {
  const { seed, startedAt, minutes, cpuSeconds, cost, workers, commit, missingKeychain, failures } = facts;
  const all = sumOf(tally.cells.values());
  const { histories } = tally;
  const cpu = cpus()[0]?.model ?? 'unknown processor';
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
| date | ${startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC |
| commit | ${commit} |
| seed | \`${seed}\` |
| time | ${minutes} minutes, ${workers} ${workers === 1 ? 'worker' : 'workers'} |
| processor time | ${cpuSeconds === undefined ? 'not told by this system' : `${cpuSeconds} s`}; ${cost}, waits included |
| machine | ${availableParallelism()} × ${cpu}, load ${loadavg()[1].toFixed(1)} at the end |
| keychain | ${missingKeychain ? 'none here: keys in a sealed file, and no fault of a keychain' : 'gnome-keyring, one a worker'} |
| faults injected | ${all.injected} |
| survived | ${all.survived} |
| not reached | ${all.notApplicable} |
| values read by the decryptor | ${all.checked + histories.checked} |
| rows lost | ${all.rowsLost + histories.rowsLost} |
| keys lost or wrongly named | ${all.keysLost + histories.keysLost} |
| histories | ${histories.injected}, of which ${histories.survived} without a complaint |
| not judged | ${failures} cases or histories, since the test bed failed |

## By step

${table('step', sumsBy(tally, 0))}

## By kind of fault

${table('fault', sumsBy(tally, 1))}

## Step by kind

Survived of injected; a dot is a pair that was not drawn, or that has no meaning.

${matrix(tally)}

## What did not survive

${complaintsOf(tally)}

\`npm run test:faults -- --seed ${seed} --case N\` repeats case N, \`--history N\` a history.

## Would the tests notice?

Of a sample of small changes to the code: [mutants.md](mutants.md), written by \`npm run test:mutants -- --write\`.
`;
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

function matrix(tally) {
  const names = [...tally.cells.keys()].map((name) => JSON.parse(name));
  const steps = [...new Set(names.map(([step]) => step))].sort(byName);
  const kinds = [...new Set(names.map(([, kind]) => kind))].sort(byName);
  const cell = (step, kind) => {
    const counts = tally.cells.get(JSON.stringify([step, kind]));
    return counts && counts.injected > 0 ? `${counts.survived}/${counts.injected}` : '·';
  };
  return [
    `| fault | ${steps.join(' | ')} |`,
    `|---|${steps.map(() => '---').join('|')}|`,
    ...kinds.map((kind) => `| ${kind} | ${steps.map((step) => cell(step, kind)).join(' | ')} |`),
  ].join('\n');
}

function complaintsOf({ complaints }) {
  if (complaints.length === 0) return 'Nothing.';
  return complaints
    .map(({ step, kind, number, where, complaints: all }) => {
      const words = all.map((one) => `${one.of}: ${one.words}`).join('; ');
      return step === undefined
        ? `- history ${number}: ${words}`
        : `- case ${number}, ${step}, ${kind}, ${where}: ${words}`;
    })
    .join('\n');
}
