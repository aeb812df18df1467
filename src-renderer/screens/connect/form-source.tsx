import { TextInput } from '@mantine/core';
import styles from './connect.module.css';
import type { SourceProps } from './source-props.ts';
import { portOf } from './connection-draft.ts';

/** The parts of an address, one by one. */
export function FormSource({ draft, onChange }: SourceProps) {
  const { form } = draft;
  const field = (name: keyof typeof form, label: string) => ({
    label,
    value: form[name],
    autoComplete: 'off',
    spellCheck: false,
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ ...draft, form: { ...form, [name]: event.currentTarget.value } }),
  });
  return (
    <>
      <div className={styles.pair}>
        <TextInput {...field('host', 'Host')} placeholder="db.example.org, or a socket directory" />
        <TextInput
          {...field('port', 'Port')}
          inputMode="numeric"
          error={form.port !== '' && portOf(form.port) === undefined && '1 to 65535'}
        />
      </div>
      <div className={styles.halves}>
        <TextInput {...field('database', 'Database')} placeholder="ballast" />
        <TextInput {...field('user', 'User')} placeholder="ballast" />
      </div>
    </>
  );
}
