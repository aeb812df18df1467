import type { ConnectionStage } from '#contract/environments';
import type { Text } from '#errors/text';

/** What examining one stage of connecting found. */
export interface Found extends Pick<ConnectionStage, 'outcome' | 'message'> {
  readonly remedy?: Text;
}

/** A stage that was gone through, and what became of it. */
export interface StageReport extends Found {
  readonly stage: ConnectionStage['stage'];
  readonly ms: number;
}

export function passed(message: string): Found {
  return { outcome: 'passed', message };
}

export function warning(message: string, remedy: Text): Found {
  return { outcome: 'warning', message, remedy };
}

export function failed(message: string, remedy: Text): Found {
  return { outcome: 'failed', message, remedy };
}
