// What a command said of itself, held against what it did.

/** Answers complaints in words. */
export function judgeClaims(run, outcome, { isOlder = false, hasAfter = true } = {}) {
  const complaints = [];
  if (run.isHung) complaints.push('it hung');
  if (run.status === null && !run.signal) complaints.push('it ended without a status');
  const wasKilled = run.signal === 'SIGKILL';
  if (!wasKilled && run.status !== null && run.json === undefined && run.status !== 130)
    complaints.push(`it ended with ${run.status} and without its one object: ${run.stdout.slice(0, 80)}`);
  if (run.json?.error?.code === 'internal') complaints.push(`internal: ${run.json.error.message}`);
  if (run.status === 1 && run.json?.error === undefined && run.json !== undefined && run.json.ok !== false)
    complaints.push('it ended with 1 and says no failure');
  if (!outcome || isOlder || !hasAfter) return complaints;
  if (run.status === 0 && outcome.name !== 'after')
    complaints.push('it said that it was done, and it was not');
  const words = run.json?.error?.message ?? '';
  if (/nothing (was |were )?(changed|written|rewritten)/.test(words) && outcome.name !== 'before')
    complaints.push(`it said “${words.slice(0, 160)}”, and the rows changed`);
  return complaints;
}
