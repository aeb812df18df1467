/** The steps of a run, in order, as they are announced. `committed` comes right after the server confirmed COMMIT. */
export type RotationStep =
  | 'staging'
  | 'locking'
  | 'cutover'
  | 'delta'
  | 'verifying'
  | 'committing'
  | 'committed';

export interface RotationProgress {
  readonly step: RotationStep;
  /** Rows done and, where it is known or estimated, of how many. */
  readonly done: number;
  readonly total?: number;
}

export type OnProgress = (progress: RotationProgress) => void;
