import type { CommittedRecord } from '#records/last-rotation';
import type { KnownRows } from './run/decision.ts';

/** What a rotation on record tells of the rows that it wrote. */
export function knownRows(
  { cutover, leftShort }: Pick<CommittedRecord, 'cutover' | 'leftShort'>,
  under: KnownRows['under'],
): KnownRows {
  return { ...(!cutover.portable && { xid: cutover.xid }), under, leftShort: leftShort === true };
}
