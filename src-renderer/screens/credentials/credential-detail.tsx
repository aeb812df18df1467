import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ListedCredential } from '#contract/credentials';
import type { EnvironmentCard } from '#contract/environments';
import { StateBadge } from '../../components/marks/badge.tsx';
import { Card } from '../../components/layout/card.tsx';
import { kindInWords } from '../../components/column-text.ts';
import { type Fact, Facts } from '../../components/layout/facts.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Loading } from '../../components/notices/loading.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { useCall } from '../../use-call.ts';
import { addressOf, sourceOf, stateWords } from './credential-text.ts';
import styles from './credentials.module.css';
import { MaskedValue } from './masked-value.tsx';
import { ReplaceCredential, type Replaceable } from './replace-credential.tsx';

export interface CredentialDetailProps {
  readonly environment: EnvironmentCard;
  readonly credential: ListedCredential;
  readonly onReplaced: () => void;
}

/** One credential: where it stands, and what it is made up of, masked. */
export function CredentialDetail({ environment, credential, onReplaced }: CredentialDetailProps) {
  const address = addressOf(credential);
  const inspected = useCall(
    'credentials.inspect',
    { environment: environment.id, address },
    { reloadOn: [] },
  );
  const [replacing, setReplacing] = useState<Replaceable>();
  const [replaced, setReplaced] = useState(false);
  const { value, failure, loading } = inspected;
  const state = stateWords[value?.state ?? credential.state];

  const onDone = () => {
    setReplacing(undefined);
    setReplaced(true);
    void inspected.reload();
    onReplaced();
  };

  return (
    <Card title={sourceOf(credential)} aside={<StateBadge tone={state.tone}>{state.words}</StateBadge>}>
      <div className={styles.detail}>
        <Facts facts={factsOf(credential)} />
        {failure && (
          <FailureNotice
            failure={failure}
            environment={environment}
            onRetry={() => void inspected.reload()}
          />
        )}
        {loading && <Loading what="the credential" heights={[90]} />}
        {replaced && <Notice live tone="good" title="Replaced, read back and compared." />}
        {value && value.state !== 'opens' && <p className={styles.quiet}>{state.why}</p>}
        {value?.form !== undefined && (
          <ul className={styles.values} aria-label="Values">
            {valuesOf(value).map((one) => (
              <li key={one.field ?? 'all'}>
                <MaskedValue
                  environment={environment.id}
                  address={address}
                  version={value.version}
                  name={one.name}
                  {...(one.field !== undefined && { field: one.field })}
                  action={
                    value.form !== 'binary' && (
                      <Button
                        variant="default"
                        size="xs"
                        aria-label={`Replace ${one.name}…`}
                        onClick={() => setReplacing({ ...one, version: value.version })}
                      >
                        Replace…
                      </Button>
                    )
                  }
                />
              </li>
            ))}
          </ul>
        )}
        {value?.form !== undefined && (
          <p className={styles.quiet}>
            Press and hold a button, or hold Space, to show a value. Each reveal is recorded in the activity
            log.
          </p>
        )}
        {replacing && (
          <ReplaceCredential
            environment={environment}
            address={address}
            target={replacing}
            onClose={() => setReplacing(undefined)}
            onDone={onDone}
          />
        )}
      </div>
    </Card>
  );
}

function factsOf({ schema, table, column, path, leaf, row, kind, shortName }: ListedCredential): Fact[] {
  const where = leaf ?? path;
  return [
    { name: 'Kind', value: kindInWords(kind) },
    ...(shortName === undefined ? [] : [{ name: 'Source', value: shortName }]),
    { name: 'Table', value: <code>{schema === 'public' ? table : `${schema}.${table}`}</code> },
    { name: 'Column', value: <code>{where === undefined ? column : `${column} ${where}`}</code> },
    { name: 'Row', value: <code className={styles.row}>{row}</code> },
  ];
}

function valuesOf({
  fields,
}: {
  readonly fields?: readonly string[] | undefined;
}): Omit<Replaceable, 'version'>[] {
  return fields ? fields.map((name, field) => ({ name, field })) : [{ name: 'the value' }];
}
