import type { Output } from '#contract/procedures';
import { asSentence } from '../../../components/format.ts';
import { Fingerprint } from '../../../components/marks/fingerprint.tsx';
import { Notice } from '../../../components/notices/notice.tsx';
import { useApplicationName } from '../../../environment-here.ts';

type Recovered = Output<'rotation.recover'>;

/** Whether the database is under the active key, where that is not as it should be, or could not be found out. */
export function StatusNotices({ recovered }: { readonly recovered: Recovered }) {
  const application = useApplicationName();
  const { agrees, under, correctedFrom, problem } = recovered;
  return (
    <>
      {correctedFrom !== undefined && (
        <Notice live tone="warn" title="The database is older than its last rotation.">
          It was restored, or failed over, to an earlier state. The key ring had{' '}
          <Fingerprint value={correctedFrom} copyable={false} /> as the active key and was corrected: give{' '}
          {application} the key that is active now.
        </Notice>
      )}
      {agrees === false && (
        <Notice live tone="stop" title="The database is not encrypted with the active key.">
          {under === undefined ? (
            'No key in the key ring decrypts it. Restore its key from a backup.'
          ) : (
            <>
              It is encrypted with <Fingerprint value={under} copyable={false} />, which is the key that{' '}
              {application} must have. To make it the active key, run Recover again and confirm.
            </>
          )}
        </Notice>
      )}
      {problem !== undefined && (
        <Notice live tone="warn" title="Not everything could be completed.">
          {asSentence(problem)}
        </Notice>
      )}
    </>
  );
}
