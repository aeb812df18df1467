/**
 * The life of a rotation. `cutover` is the only state in which the database may change; after a crash there, the
 * journal in the database says which of `committed` and `rolled-back` it became.
 */
export type RotationState =
  | 'prepared'
  | 'backed-up'
  | 'rehearsed'
  | 'cutover'
  | 'committed'
  | 'confirmed'
  | 'rolled-back';

export type RotationEvent =
  | 'artefact-drilled'
  | 'rehearsal-passed'
  | 'cutover-began'
  | 'commit-found'
  | 'no-commit-found'
  | 'stragglers-clear'
  | 'older-database-found';

const transitions: Readonly<Record<RotationState, Partial<Record<RotationEvent, RotationState>>>> = {
  prepared: { 'artefact-drilled': 'backed-up', 'no-commit-found': 'rolled-back' },
  'backed-up': {
    'rehearsal-passed': 'rehearsed',
    'cutover-began': 'cutover',
    'no-commit-found': 'rolled-back',
  },
  rehearsed: { 'cutover-began': 'cutover', 'no-commit-found': 'rolled-back' },
  cutover: { 'commit-found': 'committed', 'no-commit-found': 'rolled-back' },
  // a restored or failed-over database may be older than a commit that it once answered
  committed: { 'stragglers-clear': 'confirmed', 'older-database-found': 'rolled-back' },
  confirmed: { 'stragglers-clear': 'confirmed', 'older-database-found': 'rolled-back' },
  'rolled-back': {},
};

/** The next state. Throws on a transition that does not exist: that is a bug, not a failure. */
export function nextState(state: RotationState, event: RotationEvent): RotationState {
  const next = transitions[state][event];
  if (!next) throw new Error(`no transition from ${state} on ${event}`);
  return next;
}

/** States in which the outcome is not settled: `recover` examines these. */
export function isUnsettled(state: RotationState): boolean {
  return state !== 'committed' && state !== 'confirmed' && state !== 'rolled-back';
}
