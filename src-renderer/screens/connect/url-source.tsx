import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { SourceProps } from './source-props.ts';
import { takePassword } from './pasted-url.ts';

/** An address as one line. A password in it moves into its own field as soon as the address was pasted or left. */
export function UrlSource({ draft, onChange }: SourceProps) {
  const [moved, setMoved] = useState(false);

  const settle = (text: string) => {
    const { url, password } = takePassword(text);
    if (password !== undefined) setMoved(true);
    onChange({ ...draft, url, ...(password !== undefined && { password }) });
  };

  const change = (text: string) => {
    // typed letter by letter, the end of a password cannot be known before the field is left
    if (text.length > draft.url.length + 1) settle(text);
    else onChange({ ...draft, url: text });
  };

  return (
    <TextInput
      label="Connection URL"
      description={
        <span role="status">
          {moved
            ? 'The password in the URL was moved to the password field.'
            : 'For example, DATABASE_URL from the application’s .env. A password in the URL is moved to the password field.'}
        </span>
      }
      placeholder="postgres://ballast@db.example.org:5432/ballast?sslmode=verify-full"
      value={draft.url}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => change(event.currentTarget.value)}
      onBlur={(event) => {
        settle(draft.url);
        // the host is at the beginning
        event.currentTarget.scrollLeft = 0;
      }}
    />
  );
}
