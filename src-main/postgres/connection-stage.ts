import type { ConnectionStage } from '#contract/environments';

/** What looking at one stage of connecting found. */
export type Found = Pick<ConnectionStage, 'outcome' | 'message' | 'remedy'>;

export function passed(message: string): Found {
  return { outcome: 'passed', message };
}

export function warning(message: string, remedy: Text): Found {
  return { outcome: 'warning', message, remedy };
}

export function failed(message: string, remedy: Text): Found {
  return { outcome: 'failed', message, remedy };
}
