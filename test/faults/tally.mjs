// Counts what cases and histories came to, by step and by kind of fault.

export function emptyTally() {
  return {
    cells: new Map(),
    histories: emptyCounts(),
    complaints: [],
    cpu: { cases: 0, histories: 0, setUp: 0 },
  };
}

export const emptyCounts = () => ({
  injected: 0,
  survived: 0,
  notApplicable: 0,
  checked: 0,
  rowsLost: 0,
  keysLost: 0,
  broken: 0,
});

/** A case is survived where nobody complains; one whose fault was never reached is judged all the same, and counted apart. */
export function count(tally, { step, kind, isApplicable, checked = 0, lost = 0, complaints = [], ...one }) {
  const name = JSON.stringify([step, kind]);
  const counts = step === undefined ? tally.histories : (tally.cells.get(name) ?? emptyCounts());
  if (step !== undefined) tally.cells.set(name, counts);
  if (isApplicable) counts.injected += 1;
  else counts.notApplicable += 1;
  tally.cpu[step === undefined ? 'histories' : 'cases'] += one.cpu ?? NaN;
  tally.cpu.setUp += one.setUp ?? NaN;
  counts.checked += checked;
  counts.rowsLost += lost;
  if (complaints.some(({ of }) => of === 'key')) counts.keysLost += 1;
  if (complaints.length > 0) {
    counts.broken += 1;
    tally.complaints.push({ step, kind, complaints, ...one });
  } else if (isApplicable) counts.survived += 1;
}

export function sumOf(cells) {
  const sum = emptyCounts();
  for (const counts of cells) for (const name of Object.keys(sum)) sum[name] += counts[name];
  return sum;
}

/** Sums of one side of the table: 0 is the step, 1 the kind. */
export function sumsBy(cells, side) {
  const groups = new Map();
  for (const [name, counts] of cells) {
    const key = JSON.parse(name)[side];
    groups.set(key, [...(groups.get(key) ?? []), counts]);
  }
  return [...groups].map(([name, cells]) => [name, sumOf(cells)]);
}

/** Seconds of processor time that one of each took, and that their scenes took once for each worker; undefined where the system does not tell. */
export function costOf({ cells, histories, cpu }) {
  const each = (total, { injected, notApplicable }) => {
    const many = injected + notApplicable;
    return many > 0 && !Number.isNaN(total) ? Math.round((total / many) * 10) / 10 : undefined;
  };
  return {
    case: each(cpu.cases, sumOf(cells.values())),
    history: each(cpu.histories, histories),
    scenes: each(cpu.setUp, { injected: 1, notApplicable: 0 }),
  };
}

export function costInWords(cost, cpuSeconds) {
  if (cpuSeconds === undefined) return 'processor time not told by this system';
  const words = { case: 's a case', history: 's a history', scenes: 's for the scenes that they begin with' };
  const each = Object.entries(cost)
    .filter(([, seconds]) => seconds !== undefined)
    .map(([what, seconds]) => `${seconds} ${words[what]}`);
  return [`${Math.round(cpuSeconds)} s of processor time`, ...each].join(', ');
}
