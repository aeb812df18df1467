import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { PostureFinding } from '#contract/posture';
import type { Failure } from '#contract/shapes';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { useClient } from '../../use-client.ts';
import styles from './posture.module.css';

export interface QuestionAnswerProps {
  readonly environment: EnvironmentCard;
  readonly question: NonNullable<PostureFinding['question']>;
  readonly onAnswered: () => Promise<void>;
}

/** What no program can see is asked where it is told of; the answer is kept with its day, and can be given anew. */
export function QuestionAnswer({ environment, question, onAnswered }: QuestionAnswerProps) {
  const client = useClient();
  const id = useId();
  const [failure, setFailure] = useState<Failure>();
  const given = question.answer?.answer;

  const answer = async (said: 'yes' | 'no') => {
    const result = await client.call('posture.answer', {
      environment: environment.id,
      question: question.id,
      answer: said,
    });
    setFailure(result.ok ? undefined : result.error);
    if (result.ok) await onAnswered();
  };

  return (
    <>
      <div className={styles.question} role="group" aria-labelledby={id}>
        <span id={id}>{question.text}</span>
        <span className={styles.answers}>
          {(['yes', 'no'] as const).map((said) => (
            <Button
              key={said}
              size="xs"
              variant={given === said ? 'light' : 'default'}
              aria-pressed={given === said}
              onClick={() => void answer(said)}
            >
              {said === 'yes' ? 'Yes' : 'No'}
            </Button>
          ))}
        </span>
      </div>
      {failure && <FailureNotice failure={failure} environment={environment} />}
    </>
  );
}
