import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { OfferedApplication } from '#contract/application';
import type { Failure } from '#contract/shapes';
import { Card } from '../../components/layout/card.tsx';
import { Columns } from '../../components/layout/columns.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { leastPassphraseLength } from '../../components/fields/passphrase-strength.ts';
import { type Appearance, AppearanceFields } from '../../components/fields/appearance-fields.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { FooterBar, Screen } from '../../components/layout/screen.tsx';
import { useNavigation } from '../../navigation.tsx';
import { useSession } from '../../session.tsx';
import { anyChange, useCall } from '../../use-call.ts';
import { useClient } from '../../use-client.ts';
import styles from './connect.module.css';
import {
  connectionOf,
  type Draft,
  emptyDraft,
  hasPassword,
  hostIn,
  missingIn,
  suggestedName,
  tlsOf,
  withTls,
} from './connection-draft.ts';
import { ApplicationField } from './application-field.tsx';
import { ConnectionSource } from './connection-source.tsx';
import { type Keeping, KeepingFields, missingInKeeping } from './keeping-fields.tsx';
import { AddressNotes } from './address-notes.tsx';
import { StageList } from './stage-list.tsx';
import { linesOfProgress, linesOfReport, reportInWords } from './stage-text.ts';
import { TlsChoice } from './tls-choice.tsx';
import { useConnectionTest } from './use-connection-test.ts';

/** From an address to an environment: name the database, test the way to it, say how Keel keeps it. */
export function ConnectScreen() {
  const client = useClient();
  const { go } = useNavigation();
  const restored = useCall('restored.state', {}, { reloadOn: anyChange }).value?.key;
  const { app, environments } = useSession();
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const [application, setApplication] = useState<OfferedApplication>();
  const [appearance, setAppearance] = useState<Appearance>({ name: '', colour: 'teal', production: false });
  const [keeping, setKeeping] = useState<Keeping>({
    keyPlace: app.keychain.works ? 'keychain' : undefined,
    rememberPassword: app.keychain.works,
    passphrase: '',
    again: '',
  });
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Failure>();
  const second = useRef<HTMLDivElement>(null);

  const connection = connectionOf(draft);
  const { progress, running, report, failure, test, cancel } = useConnectionTest(connection);
  const tested = report?.ok === true;

  useEffect(() => {
    if (!tested) return;
    // the next step is at hand, and the keyboard is there
    second.current?.querySelector('input')?.focus();
  }, [tested]);

  const begin = async () => {
    setRefusal(undefined);
    const found = await test();
    if (found) setAppearance((before) => ({ ...before, name: before.name || suggestedName(found.address) }));
  };

  const connect = async () => {
    if (!connection || keeping.keyPlace === undefined) return;
    setBusy(true);
    setRefusal(undefined);
    const result = await client.call('environments.add', {
      ...appearance,
      connection,
      ...(application && { application: application.id }),
      rememberPassword: app.keychain.works && keeping.rememberPassword && hasPassword(draft),
      keyPlace: keeping.keyPlace,
      ...(keeping.keyPlace === 'sealed-file' && { passphrase: keeping.passphrase }),
    });
    if (!result.ok) {
      setBusy(false);
      setRefusal(result.error);
      return;
    }
    await environments.reload();
    go('key', result.value.environment, restored && 'restore');
  };

  const missing = missingIn(draft);
  const missingToConnect =
    appearance.name.trim() === '' ? 'Enter a name' : missingInKeeping(keeping, leastPassphraseLength);
  const status = running
    ? 'Testing the connection'
    : tested
      ? (missingToConnect ?? reportInWords(report))
      : report
        ? reportInWords(report)
        : (missing ?? 'The test changes nothing on the server');

  const testButton = (variant: 'filled' | 'default') =>
    running ? (
      <Button variant="default" onClick={cancel}>
        Cancel the test
      </Button>
    ) : (
      <Button variant={variant} disabled={missing !== undefined} onClick={() => void begin()}>
        {report || failure ? 'Test again' : 'Test the connection'}
      </Button>
    );

  return (
    <Screen
      title="Connect a database"
      subtitle={`The PostgreSQL database where ${application?.name ?? 'Ballast'} stores credentials. Keel only reads from it until you rotate.`}
      footer={
        <FooterBar
          status={status}
          secondary={tested && testButton('default')}
          primary={
            tested ? (
              <Button loading={busy} disabled={missingToConnect !== undefined} onClick={() => void connect()}>
                Connect
              </Button>
            ) : (
              testButton('filled')
            )
          }
        />
      }
    >
      {restored && (
        <Notice
          tone="info"
          title={`Key ${restored.fingerprint}, which you restored, is imported next.`}
          remedy="An empty database is enough until its dump is loaded: the key is stored then, and proven once the database has values."
        />
      )}
      <Columns>
        <ConnectionSource draft={draft} onChange={setDraft}>
          <ApplicationField chosen={application} onChoose={setApplication} />
        </ConnectionSource>
        <TlsChoice
          tls={tlsOf(draft)}
          onChange={(tls) => setDraft((before) => withTls(before, tls))}
          local={hostIn(draft)?.startsWith('/') === true}
        />
      </Columns>
      {failure && <FailureNotice failure={failure} />}
      {progress && <StageList lines={linesOfProgress(progress.done)} />}
      {report && <AddressNotes notes={report.notes} />}
      {report && <StageList lines={linesOfReport(report)} />}
      {tested && (
        <Columns ref={second}>
          <Card title="Name and colour">
            <div className={styles.fields}>
              <AppearanceFields appearance={appearance} onChange={setAppearance} />
            </div>
          </Card>
          <Card title="Key storage">
            <div className={styles.fields}>
              <KeepingFields
                keeping={keeping}
                onChange={setKeeping}
                keychain={app.keychain}
                hasPassword={hasPassword(draft)}
              />
            </div>
          </Card>
        </Columns>
      )}
      {refusal && <FailureNotice failure={refusal} />}
    </Screen>
  );
}
