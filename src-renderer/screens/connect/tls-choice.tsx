import { NativeSelect, VisuallyHidden } from '@mantine/core';
import type { SslMode } from '#contract/environments';
import { Card } from '../../components/layout/card.tsx';
import { FileField } from '../../components/fields/file-field.tsx';
import { Icon } from '../../components/marks/icon.tsx';
import type { IconName } from '../../components/marks/icon-outlines.ts';
import styles from './connect.module.css';
import type { Tls } from './connection-draft.ts';
import { type TlsWords, tlsModes, tlsWords } from './tls-text.ts';

export interface TlsChoiceProps {
  /** Undefined: the address that says it is not there yet. */
  readonly tls: Tls | undefined;
  readonly onChange: (tls: Tls) => void;
  /** A unix socket: nothing leaves the machine. */
  readonly local: boolean;
}

/** How the way to the database is protected, in plain words, and with which certificates. */
export function TlsChoice({ tls, onChange, local }: TlsChoiceProps) {
  if (!tls) {
    return (
      <Card title="On the way">
        <p className={styles.quiet}>
          How the way to the database is protected stands here, once there is an address.
        </p>
      </Card>
    );
  }
  const words = tlsWords(tls.sslmode, tls.sslrootcert !== undefined);
  const file = (name: 'sslrootcert' | 'sslcert' | 'sslkey') => ({
    purpose: 'open-certificate' as const,
    value: tls[name],
    onChange: (path: string) => onChange({ ...tls, [name]: path }),
    onClear: () => {
      const { [name]: _, ...rest } = tls;
      onChange(rest);
    },
  });
  if (local) {
    return (
      <Card title="On the way">
        <p className={styles.quiet}>
          A socket of this machine: nothing crosses a network, and TLS has no part in it.
        </p>
      </Card>
    );
  }
  return (
    <Card title="On the way">
      <div className={styles.fields}>
        <NativeSelect
          label="TLS (sslmode)"
          description={words.says}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          data={tlsModes.map(({ mode, title }) => ({ value: mode, label: `${mode}: ${title}` }))}
          value={tls.sslmode}
          onChange={(event) => onChange({ ...tls, sslmode: event.currentTarget.value as SslMode })}
        />
        <Checks words={words} />
        {words.encrypted !== 'never' && (
          <FileField
            label="Root certificate"
            description="The authority to trust. Without one: ~/.postgresql/root.crt, else the authorities of this system."
            {...file('sslrootcert')}
          />
        )}
        {words.encrypted !== 'never' && (
          <details className={styles.more} open={tls.sslcert !== undefined || tls.sslkey !== undefined}>
            <summary>Client certificate</summary>
            <div className={styles.fields}>
              <FileField label="Certificate" {...file('sslcert')} />
              <FileField label="Its private key" {...file('sslkey')} />
            </div>
          </details>
        )}
      </div>
    </Card>
  );
}

type Check = 'yes' | 'maybe' | 'no';
const signs: Readonly<Record<Check, { icon: IconName; word: string }>> = {
  yes: { icon: 'good', word: 'Yes' },
  maybe: { icon: 'warn', word: 'Perhaps' },
  no: { icon: 'stop', word: 'No' },
};

function Checks({ words }: { readonly words: TlsWords }) {
  const checks: { readonly state: Check; readonly text: string }[] = [
    {
      state: words.encrypted === 'always' ? 'yes' : words.encrypted === 'maybe' ? 'maybe' : 'no',
      text: words.encrypted === 'maybe' ? 'Encrypted, if the server wants to' : 'Encrypted',
    },
    { state: words.checksAuthority ? 'yes' : 'no', text: 'Certificate checked against its authority' },
    { state: words.checksHost ? 'yes' : 'no', text: 'Certificate checked to be for this host' },
  ];
  return (
    <ul className={styles.checks} aria-label="What this mode ensures">
      {checks.map(({ state, text }) => (
        <li key={text} data-state={state}>
          <Icon name={signs[state].icon} />
          <VisuallyHidden>{signs[state].word}: </VisuallyHidden>
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}
