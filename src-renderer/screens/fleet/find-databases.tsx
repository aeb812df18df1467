import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Card } from '../../components/layout/card.tsx';
import styles from './fleet.module.css';

export interface FindDatabasesProps {
  readonly busy: boolean;
  readonly disabled: boolean;
  readonly onFind: (like: string) => void;
}

/** Asks for the databases of the server by a pattern. */
export function FindDatabases({ busy, disabled, onFind }: FindDatabasesProps) {
  const [like, setLike] = useState('%');
  const find = (event: FormEvent) => {
    event.preventDefault();
    if (like.trim() !== '') onFind(like.trim());
  };
  return (
    <Card>
      <form className={styles.find} onSubmit={find}>
        <TextInput
          className={styles.pattern ?? ''}
          label="Database name pattern"
          description="% matches any text, and _ one character: org_% finds names that start with org"
          value={like}
          spellCheck={false}
          autoComplete="off"
          maxLength={200}
          onChange={(event) => setLike(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={busy} disabled={disabled || like.trim() === ''}>
          Find databases
        </Button>
      </form>
    </Card>
  );
}
