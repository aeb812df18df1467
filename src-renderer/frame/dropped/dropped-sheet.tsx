import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { DroppedFile } from '#contract/dropped';
import { PassphraseField } from '../../components/fields/passphrase-field.tsx';
import { formatDay } from '../../components/format.ts';
import { Dialog } from '../../components/layout/dialog.tsx';
import { Facts } from '../../components/layout/facts.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { useNavigation } from '../../navigation.tsx';
import { useChosenEnvironment, useSession } from '../../session.tsx';
import { actsFor, contentInWords, hasUse } from './content-text.ts';
import styles from './dropped.module.css';
import { TestedKey } from './tested-key.tsx';
import { useDroppedActs } from './use-dropped-acts.ts';

export interface DroppedSheetProps {
  readonly file: DroppedFile;
  readonly onClose: () => void;
}

/** What a dropped file seems to be, and what to do with it. Nothing is done before a button is pressed. */
export function DroppedSheet({ file: { path, content }, onClose }: DroppedSheetProps) {
  const { go } = useNavigation();
  const { environments } = useSession();
  const cards = environments.value ?? [];
  const here = useChosenEnvironment();
  const [chosen, setChosen] = useState(here?.id);
  const [passphrase, setPassphrase] = useState('');
  const environment = cards.find(({ id }) => id === chosen) ?? cards[0];
  const acts = environment && actsFor(content, environment);
  const any =
    acts !== undefined && (acts.imports || acts.tests || acts.handsOff || acts.whyNot !== undefined);
  const work = useDroppedActs(environment, { path, content, passphrase });
  const { title, says } = contentInWords(content);
  const leave = (screen: 'key' | 'backup') => {
    onClose();
    go(screen, environment?.id);
  };
  const missing = acts?.needsPassphrase === true && passphrase === '';
  return (
    <Dialog onClose={onClose} title={title} size="lg">
      <div className={styles.fields}>
        <code className={styles.path}>{path}</code>
        <p className={styles.quiet}>{says}</p>
        {content.is === 'certificates' &&
          content.certificates.map((one) => (
            <Facts
              key={one.fingerprint}
              facts={[
                { name: 'Subject', value: one.subject },
                { name: 'Issuer', value: one.issuer },
                {
                  name: 'Valid',
                  value: `${formatDay(one.validFrom)} to ${formatDay(one.validTo)}${one.isExpired ? ', expired' : ''}`,
                },
                { name: 'Kind', value: one.isAuthority ? 'A CA certificate' : 'Not a CA certificate' },
                { name: 'SHA-256', value: <code className={styles.path}>{one.fingerprint}</code> },
              ]}
            />
          ))}
        {any && cards.length > 1 && (
          <NativeSelect
            label="Environment"
            data={cards.map(({ id, name }) => ({ value: id, label: name }))}
            value={environment?.id}
            onChange={(event) => {
              setChosen(event.currentTarget.value);
              work.forget();
            }}
          />
        )}
        {acts?.whyNot !== undefined && <Notice tone="info" title={acts.whyNot} />}
        {environment === undefined && hasUse(content) && (
          <p className={styles.quiet}>
            No database is connected yet. Connect one first to import or test a key.
          </p>
        )}
        {acts?.needsPassphrase && (
          <PassphraseField label="Passphrase for this file" value={passphrase} onChange={setPassphrase} />
        )}
        {work.failure && <FailureNotice failure={work.failure} environment={environment} />}
        {work.imported !== undefined && (
          <Notice
            live
            tone="good"
            title={`Key ${work.imported} is in the key ring of ${environment?.name}.`}
            action={
              <Button variant="default" onClick={() => leave('key')}>
                Open the key ring
              </Button>
            }
          />
        )}
        {work.tested && <TestedKey result={work.tested} />}
        <div className={styles.actions}>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          {acts?.handsOff && (
            <Button
              variant="default"
              onClick={() => {
                onClose();
                go('handoff', environment?.id, work.place);
              }}
            >
              Preview a hand-off to it
            </Button>
          )}
          {acts?.tests && (
            <Button
              variant="default"
              disabled={missing || work.expected === undefined}
              loading={work.busy === 'test'}
              onClick={() => void work.test()}
            >
              Test it as a backup
            </Button>
          )}
          {acts?.imports && (
            <Button disabled={missing} loading={work.busy === 'import'} onClick={() => void work.take()}>
              Import its key
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}
