import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Failure } from '#contract/shapes';
import { FailureNotice } from '../../../components/notices/failure-notice.tsx';
import { NewPassphrase } from '../../../components/fields/new-passphrase.tsx';
import { useClient } from '../../../use-client.ts';
import styles from '../backup.module.css';
import type { MakeDraft } from './new-artefact.ts';
import { SuggestedPassphrase } from './suggested-passphrase.tsx';
import { useJudgement } from './use-judgement.ts';

export interface PassphraseChoiceProps {
  readonly draft: MakeDraft;
  readonly onChange: (change: Partial<MakeDraft>) => void;
}

const tones = { weak: 'stop', fair: 'warn', strong: 'good' } as const;
const verdicts = { weak: 'Easy to guess', fair: 'Fair', strong: 'Strong' } as const;

/** The passphrase of a new backup: one that Keel draws by chance, or one's own, judged as it is typed. */
export function PassphraseChoice({ draft, onChange }: PassphraseChoiceProps) {
  const client = useClient();
  const { typed, again, suggested } = draft;
  const [failure, setFailure] = useState<Failure>();
  const judged = useJudgement(typed);
  const weak = judged?.verdict === 'weak';

  useEffect(() => {
    if (weak !== draft.weak) onChange({ weak });
  }, [weak, draft.weak, onChange]);

  const suggest = async () => {
    const result = await client.call('passphrase.suggest', {});
    setFailure(result.ok ? undefined : result.error);
    if (result.ok) onChange({ suggested: result.value, typed: '', again: '' });
  };

  if (suggested) {
    return (
      <SuggestedPassphrase
        key={suggested.suggestion}
        suggested={suggested}
        onAnother={() => void suggest()}
        onTypeOwn={() => onChange({ suggested: undefined })}
      />
    );
  }
  return (
    <div className={styles.group}>
      <NewPassphrase
        label="Backup passphrase"
        value={typed}
        again={again}
        onChange={(value, second) => onChange({ typed: value, again: second })}
        {...(judged && {
          judgement: {
            tone: tones[judged.verdict],
            words: `${verdicts[judged.verdict]}: ${judged.words}`,
          },
        })}
      />
      <div className={styles.inline}>
        <Button variant="default" onClick={() => void suggest()}>
          Suggest a passphrase
        </Button>
        <span className={styles.small}>Random words: hard to guess, easy to write down.</span>
      </div>
      {failure && <FailureNotice failure={failure} />}
    </div>
  );
}
