import { TextInput } from '@mantine/core';
import { Icon } from '../marks/icon.tsx';

export interface FilterFieldProps {
  /** What is looked through, like `columns`. */
  readonly what: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly className?: string | undefined;
}

/** Typed words that what is listed has to hold. Ctrl-F leads to it. */
export function FilterField({ what, placeholder, value, onChange, className }: FilterFieldProps) {
  return (
    <TextInput
      aria-label={`Search ${what}`}
      placeholder={placeholder ?? `Search ${what}`}
      leftSection={<Icon name="search" size={14} />}
      data-filter="true"
      spellCheck={false}
      autoComplete="off"
      maxLength={200}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...(className !== undefined && { className })}
    />
  );
}
