import { UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { OfferedApplication } from '#contract/application';
import { Dialog } from '../../components/layout/dialog.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { FilterField } from '../../components/fields/filter-field.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { useCall } from '../../use-call.ts';
import { keyInWords } from '../../components/application-text.ts';
import styles from './connect.module.css';

export interface ChooseApplicationProps {
  /** Its id. */
  readonly chosen: string;
  readonly onChoose: (application: OfferedApplication) => void;
  readonly onClose: () => void;
}

/** The applications that Keel knows, with what a key of each looks like, and why it does not rotate some. */
export function ChooseApplication({ chosen, onChoose, onClose }: ChooseApplicationProps) {
  const list = useCall('applications.list', {});
  const [words, setWords] = useState('');
  const shown = (list.value ?? []).filter((one) => isMeant(one, words));
  return (
    <Dialog onClose={onClose} title="Whose database is it?" size="lg">
      <div className={styles.fields}>
        <FilterField
          what="applications"
          placeholder="Search by name or variable"
          value={words}
          onChange={setWords}
        />
        {list.failure && <FailureNotice failure={list.failure} onRetry={() => void list.reload()} />}
        {list.loading && <Loading what="the applications" heights={[240]} />}
        <ul className={styles.applications}>
          {shown.map((one) => (
            <li key={one.id}>
              <UnstyledButton
                className={styles.one}
                disabled={one.whyNot !== undefined}
                aria-current={one.id === chosen}
                onClick={() => onChoose(one)}
              >
                <strong>{one.name}</strong>
                <span className={styles.quiet}>{aboutInWords(one)}</span>
              </UnstyledButton>
            </li>
          ))}
        </ul>
        {list.value && (
          <p className={styles.quiet} role="status">
            {shown.length === 0
              ? 'Keel knows no such application.'
              : 'Others can be described in a JSON file, for the command line.'}{' '}
            See “Rotate the key of another application” in the guides.
          </p>
        )}
      </div>
    </Dialog>
  );
}

function aboutInWords(application: OfferedApplication): string {
  const { whyNot, ownWay } = application;
  const parts = whyNot === undefined ? [keyInWords(application)] : [`Keel does not rotate it: ${whyNot}`];
  return [...parts, ...(ownWay === undefined ? [] : [ownWay])].join('; ');
}

function isMeant({ name, variables }: OfferedApplication, words: string): boolean {
  const text = [name, ...variables].join(' ').toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
