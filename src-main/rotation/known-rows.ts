import type { CommittedRecord } from '#records/last-rotation';
import type { RunRequest } from './run/run-rotation.ts';

/** The rows that a rotation wrote, and under which key they are; undefined where its transaction has no number by which rows tell. */
export function knownRows({ cutover }: CommittedRecord, under: 'from' | 'to'): RunRequest['known'] {
  return cutover.portable ? undefined : { xid: cutover.xid, under };
}
