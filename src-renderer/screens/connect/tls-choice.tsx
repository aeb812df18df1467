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
      <Card title="Transport security">
        <p className={styles.quiet}>
          How this connection is encrypted and verified appears here once you enter a URL.
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
      <Card title="Transport security">
        <p className={styles.quiet}>A local socket: nothing crosses a network, so TLS is not used.</p>
      </Card>
    );
  }
  return (
    <Card title="Transport security">
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
            description="CA certificate to trust. Default: ~/.postgresql/root.crt, otherwise the system’s trust store."
            {...file('sslrootcert')}
          />
        )}
        {words.encrypted !== 'never' && (
          <details className={styles.more} open={tls.sslcert !== undefined || tls.sslkey !== undefined}>
            <summary>Client certificate</summary>
            <div className={styles.fields}>
              <FileField label="Client certificate" {...file('sslcert')} />
              <FileField label="Client private key" {...file('sslkey')} />
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
  maybe: { icon: 'warn', word: 'Possibly' },
  no: { icon: 'stop', word: 'No' },
};

function Checks({ words }: { readonly words: TlsWords }) {
  const checks: { readonly state: Check; readonly text: string }[] = [
    {
      state: words.encrypted === 'always' ? 'yes' : words.encrypted === 'maybe' ? 'maybe' : 'no',
      text: words.encrypted === 'maybe' ? 'Encrypted, depending on the server' : 'Encrypted',
    },
    { state: words.checksAuthority ? 'yes' : 'no', text: 'Certificate verified against a trusted CA' },
    { state: words.checksHost ? 'yes' : 'no', text: 'Certificate verified for this host name' },
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
