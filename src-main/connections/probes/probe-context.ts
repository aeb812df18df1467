import type { Resolve } from './network-guard.ts';
import type { Trust } from '#connections/trust';

/** What every probe is run with. */
export interface ProbeContext {
  /** Ends the probe: its time is up, or the admin called it off. */
  readonly signal: AbortSignal;
  /** For all of it; drivers that do not hear the signal are told. */
  readonly timeoutMs: number;
  readonly allowPrivate: boolean;
  readonly trust: Trust;
  readonly resolve?: Resolve;
}
