import { Button, Input } from '@mantine/core';
import { useId, useState } from 'react';
import type { OfferedApplication } from '#contract/application';
import { keyInWords } from '../../components/application-text.ts';
import { ChooseApplication } from './choose-application.tsx';
import styles from './connect.module.css';

export interface ApplicationFieldProps {
  /** Absent for Ballast. */
  readonly chosen: OfferedApplication | undefined;
  readonly onChoose: (application: OfferedApplication) => void;
}

/** Whose database it is: from then on its keys are read as that application reads them. */
export function ApplicationField({ chosen, onChoose }: ApplicationFieldProps) {
  const id = useId();
  const [asking, setAsking] = useState(false);
  return (
    <Input.Wrapper label="Application" labelElement="div" labelProps={{ id }}>
      <div className={styles.application}>
        <span>
          <strong>{chosen?.name ?? 'Ballast'}</strong>
          <span className={styles.quiet}>
            {' '}
            {chosen ? keyInWords(chosen) : 'ENCRYPTION_KEY · 32 bytes in base64'}
          </span>
        </span>
        <Button
          id={`${id}-choose`}
          variant="default"
          className={styles.change}
          aria-labelledby={`${id}-choose ${id}`}
          onClick={() => setAsking(true)}
        >
          Change…
        </Button>
      </div>
      {asking && (
        <ChooseApplication
          chosen={chosen?.id ?? 'ballast'}
          onChoose={(application) => {
            onChoose(application);
            setAsking(false);
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </Input.Wrapper>
  );
}
