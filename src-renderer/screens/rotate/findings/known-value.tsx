import { Button, NativeSelect, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { EncryptedColumn } from '#contract/inventory';
import type { Output } from '#contract/procedures';
import type { Failure } from '#contract/shapes';
import { FailureNotice } from '../../../components/notices/failure-notice.tsx';
import { Notice } from '../../../components/notices/notice.tsx';
import { useClient } from '../../../use-client.ts';

export interface ProvablePlace {
  readonly name: string;
  readonly provable: EncryptedColumn;
}

export interface KnownValueProps {
  readonly environment: EnvironmentCard;
  readonly places: readonly ProvablePlace[];
  /** Something was shown, so that preflight has to look again. */
  readonly onProven: () => void;
}

type ProofOutcome = Output<'rotation.proveIv'>['outcome'];

/** Compares a value that the admin types with the decrypted ones of a column, in the main process, which answers only whether it is there. */
export function KnownValue({ environment, places, onProven }: KnownValueProps) {
  const client = useClient();
  const [name, setName] = useState(places[0]?.name ?? '');
  const [value, setValue] = useState('');
  const [comparing, setComparing] = useState(false);
  const [outcome, setOutcome] = useState<ProofOutcome>();
  const [trouble, setTrouble] = useState<Failure>();
  const place = places.find((one) => one.name === name) ?? places[0];
  if (!place) return null;

  const compare = async (event: FormEvent) => {
    event.preventDefault();
    setComparing(true);
    const input = { environment: environment.id, entry: place.provable, value };
    const result = await client.call('rotation.proveIv', input);
    setValue('');
    setComparing(false);
    setTrouble(result.ok ? undefined : result.error);
    setOutcome(result.ok ? result.value.outcome : undefined);
    if (result.ok && result.value.outcome !== 'not-found') onProven();
  };

  return (
    <form onSubmit={(event) => void compare(event)}>
      {places.length > 1 && (
        <NativeSelect
          label="Column"
          mt={8}
          value={place.name}
          data={places.map((one) => one.name)}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      <PasswordInput
        label={`A known value of ${place.name}`}
        description="The complete secret of one row. It is compared with the decrypted values and not stored."
        mt={8}
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setValue(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" size="xs" mt={8} loading={comparing} disabled={value === ''}>
        Compare value
      </Button>
      {outcome === 'not-found' && (
        <Notice
          tone="warn"
          live
          title="No value in this column matches the one you entered. Nothing was proven."
        />
      )}
      {trouble && <FailureNotice failure={trouble} environment={environment} />}
    </form>
  );
}
