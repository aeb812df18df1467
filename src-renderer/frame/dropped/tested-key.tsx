import type { DrillResult } from '#contract/backup';
import { asSentence } from '../../components/format.ts';
import { whoseInWords } from '../../components/known-key-text.ts';
import { Notice } from '../../components/notices/notice.tsx';

/** What a test of a dropped backup came to. */
export function TestedKey({ result }: { readonly result: DrillResult }) {
  if (result.result === 'correct')
    return <Notice live tone="good" title={`Backup tested: key ${result.fingerprint} was restored.`} />;
  if (result.result === 'wrong')
    return (
      <Notice
        live
        tone="warn"
        title={`It contains key ${result.fingerprint}, not ${result.expected}.`}
        remedy={whoseInWords(result.known)}
      />
    );
  return <Notice live tone="stop" title={asSentence(result.message)} remedy={asSentence(result.remedy)} />;
}
