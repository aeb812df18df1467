import { TextInput } from '@mantine/core';

export interface ConfirmByTypingProps {
  /** What has to be repeated exactly. */
  readonly phrase: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What the confirmation will do, as the end of "Type … to …". */
  readonly purpose: string;
  readonly disabled?: boolean;
}

/** Whether the phrase was repeated; spaces around it do not count. */
export function isConfirmed(phrase: string, typed: string): boolean {
  return typed.trim() === phrase;
}

/** A deliberate act: the environment's name is typed. Pasting works, since the name is no secret. */
export function ConfirmByTyping(props: ConfirmByTypingProps) {
  const { phrase, value, onChange, purpose, disabled = false } = props;
  return (
    <TextInput
      label={
        <>
          Type <code>{phrase}</code> to {purpose}
        </>
      }
      value={value}
      disabled={disabled}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
