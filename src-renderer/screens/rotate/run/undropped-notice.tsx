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
      remedy="Run Recover once the server allows it, or drop them manually."
    >
      {tables.join(', ')}: {reason}. They contain only ciphertexts.
    </Notice>
  );
}
