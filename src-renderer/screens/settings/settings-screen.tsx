import { NumberInput, SegmentedControl, Stack, Switch } from '@mantine/core';
import { useId, useState } from 'react';
import type { Settings } from '#contract/app';
import type { Failure } from '#contract/shapes';
import { Card } from '../../components/layout/card.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { Facts } from '../../components/layout/facts.tsx';
import { asSentence } from '../../components/format.ts';
import { Loading } from '../../components/notices/loading.tsx';
import { Notice } from '../../components/notices/notice.tsx';
import { Screen } from '../../components/layout/screen.tsx';
import { useChosenEnvironment, useSession } from '../../session.tsx';
import { appChanged, useCall } from '../../use-call.ts';
import { useClient } from '../../use-client.ts';
import { LockPassphrase } from './lock-passphrase.tsx';
import styles from './settings.module.css';
import { ThirdParties } from './third-parties.tsx';
import { ThisEnvironment } from './this-environment.tsx';

const platforms = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' } as const;

/** What can be set: of the environment that is chosen, and of Keel. */
export function SettingsScreen() {
  const client = useClient();
  const { app } = useSession();
  const environment = useChosenEnvironment();
  const settings = useCall('settings.read', {}, { reloadOn: appChanged });
  const [failure, setFailure] = useState<Failure>();
  const [said, setSaid] = useState('');

  const write = async (change: Partial<Settings>) => {
    const result = await client.call('settings.write', change);
    setFailure(result.ok ? undefined : result.error);
    setSaid(result.ok ? 'Saved.' : '');
    await settings.reload();
  };

  const { value } = settings;
  return (
    <Screen title="Settings" subtitle="Changes are saved immediately, unless a card has its own button.">
      {settings.failure && (
        <FailureNotice failure={settings.failure} onRetry={() => void settings.reload()} />
      )}
      {failure && <FailureNotice failure={failure} />}
      {environment && <ThisEnvironment key={environment.id} environment={environment} />}
      {settings.loading && <Loading what="settings" heights={[160, 260]} />}
      {value && (
        <>
          <Card title="Appearance">
            <div className={styles.line}>
              <span id="theme-label">Theme</span>
              <SegmentedControl
                aria-labelledby="theme-label"
                value={value.theme}
                onChange={(theme) => void write({ theme: theme as Settings['theme'] })}
                data={[
                  { value: 'system', label: 'Match system' },
                  { value: 'light', label: 'Light' },
                  { value: 'dark', label: 'Dark' },
                ]}
              />
            </div>
          </Card>
          <Card title="Backups">
            <Amount
              label="Remind me to test backups every"
              unit="days"
              min={7}
              max={730}
              value={value.drillEveryDays}
              onWrite={(drillEveryDays) => void write({ drillEveryDays })}
            />
          </Card>
          <Card title="Lock and clipboard">
            <Stack gap="md">
              <Amount
                label="Lock after"
                unit="minutes of inactivity"
                min={1}
                max={60}
                value={value.idleMinutes}
                onWrite={(idleMinutes) => void write({ idleMinutes })}
              />
              <Amount
                label="Clear copied keys after"
                unit="s, and on lock or quit"
                min={5}
                max={300}
                value={value.clipboardSeconds}
                onWrite={(clipboardSeconds) => void write({ clipboardSeconds })}
              />
              <Switch
                label="Notify me when a long operation finishes in the background"
                checked={value.notifyWhenDone}
                onChange={(event) => void write({ notifyWhenDone: event.currentTarget.checked })}
              />
            </Stack>
          </Card>
        </>
      )}
      <LockPassphrase guarded={app.guarded} />
      <Card title="Key storage">
        {app.keychain.works ? (
          <p>
            The {platforms[app.platform]} keychain is available. Keys are stored there unless you choose an
            encrypted key file when you connect a database.
          </p>
        ) : (
          <Notice
            tone="warn"
            title={`The ${platforms[app.platform]} keychain is not available.`}
            remedy="Keys of a new environment are stored in an encrypted key file, whose passphrase you enter once per session."
          >
            {app.keychain.why !== undefined && asSentence(app.keychain.why)}
          </Notice>
        )}
      </Card>
      <Card title="About">
        <Facts
          facts={[
            { name: 'Version', value: app.version },
            { name: 'System', value: platforms[app.platform] },
            { name: 'Licence', value: 'Apache License 2.0' },
            {
              name: 'Network',
              value:
                'Keel connects to what you configure (databases, endpoints, secret stores) and, when you test credentials, to the servers they belong to. It sends no telemetry and does not check for updates.',
            },
          ]}
        />
        <ThirdParties />
      </Card>
      <p className={styles.said} role="status">
        {said}
      </p>
    </Screen>
  );
}

function Amount(props: {
  readonly label: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly value: number;
  readonly onWrite: (value: number) => void;
}) {
  const { label, unit, min, max, value, onWrite } = props;
  const id = useId();
  const [typed, setTyped] = useState<number | string>(value);
  const keep = () => {
    const next = typeof typed === 'number' ? Math.min(Math.max(Math.round(typed), min), max) : value;
    setTyped(next);
    if (next !== value) onWrite(next);
  };
  return (
    <div className={styles.line}>
      <label htmlFor={id}>{label}</label>
      <span className={styles.amount}>
        <NumberInput
          id={id}
          aria-describedby={`${id}-unit`}
          className={styles.number ?? ''}
          min={min}
          max={max}
          clampBehavior="blur"
          allowDecimal={false}
          value={typed}
          onChange={setTyped}
          onBlur={keep}
        />
        <span id={`${id}-unit`}>{unit}</span>
      </span>
    </div>
  );
}
