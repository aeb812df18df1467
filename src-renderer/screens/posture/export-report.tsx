import { Button } from '@mantine/core';
import { useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import { asSentence } from '../../components/format.ts';
import { useClient } from '../../use-client.ts';
import styles from './posture.module.css';

const formats = [
  { format: 'pdf', purpose: 'save-report-pdf', label: 'Save as PDF…' },
  { format: 'html', purpose: 'save-report-html', label: 'Save as web page…' },
] as const;

/** The report as a file, for the shelf or for whoever mends what it names. It holds no secret. */
export function ExportReport({ environment }: { readonly environment: EnvironmentCard }) {
  const client = useClient();
  const [said, setSaid] = useState('');

  const save = async ({ format, purpose }: (typeof formats)[number]) => {
    const suggestedName = `posture-${environment.id}-${new Date().toISOString().slice(0, 10)}.${format}`;
    const chosen = await client.call('files.choose', { purpose, suggestedName: suggestedName.slice(-120) });
    if (!chosen.ok) return setSaid(asSentence(chosen.error.message));
    const { path } = chosen.value;
    if (path === undefined) return undefined;
    const written = await client.call('posture.export', { environment: environment.id, path, format });
    return setSaid(written.ok ? 'Saved.' : asSentence(written.error.message));
  };

  return (
    <div className={styles.exports}>
      {formats.map((one) => (
        <Button key={one.format} variant="default" onClick={() => void save(one)}>
          {one.label}
        </Button>
      ))}
      <span role="status" className={styles.said}>
        {said}
      </span>
    </div>
  );
}
