import { counted } from '#shared/counted';
import type { RotationResult } from '#contract/rotation';
import { Notice } from '../../../components/notices/notice.tsx';

/** Staging tables that stay, since the server refuses to drop them; nothing where none does. */
export function UndroppedNotice({ undropped }: Pick<RotationResult, 'undropped'>) {
  if (!undropped) return undefined;
  const { tables, reason } = undropped;
  return (
    <Notice
      tone="warn"
      title={`${counted(tables.length, 'staging table')} could not be dropped.`}
      remedy="Recover once the server lets them be dropped, or drop them by hand."
    >
      {tables.join(', ')}: {reason}. They hold ciphertexts only.
    </Notice>
  );
}
