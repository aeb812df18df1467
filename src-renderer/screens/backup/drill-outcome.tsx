import type { DrillResult } from '#contract/backup';
import { Notice } from '../../components/notice.tsx';
import { drillInWords, fileName } from './drill-words.ts';

/** What the last drill came to. */
export function DrillOutcome({ result, path }: { readonly result: DrillResult; readonly path: string }) {
  const { tone, title, says, remedy } = drillInWords(result, fileName(path));
  return (
    <Notice live tone={tone} title={title} remedy={remedy}>
      {says}
    </Notice>
  );
}
