import { type ClipboardEvent, type KeyboardEvent, useId, useState } from 'react';
import { completionsOf, isOffList } from './typed-words.ts';
import styles from './word-fields.module.css';

export interface WordFieldProps {
  /** Counted from 1. */
  readonly number: number;
  readonly value: string;
  readonly list: readonly string[];
  readonly onChange: (value: string) => void;
  /** Several words at once. */
  readonly onPaste: (event: ClipboardEvent<HTMLInputElement>) => void;
  /** Goes to a neighbouring field: 1 or -1. */
  readonly onLeave: (by: 1 | -1) => void;
}

/** One word: what is typed is completed from the list; Space, Enter or Tab take the proposal. */
export function WordField({ number, value, list, onChange, onPaste, onLeave }: WordFieldProps) {
  const id = useId();
  const [active, setActive] = useState(0);
  const [open, setOpen] = useState(false);
  const proposals = open ? completionsOf(list, value) : [];
  const proposed = proposals[Math.min(active, proposals.length - 1)];
  const offList = isOffList(list, value);

  const take = (word: string | undefined) => {
    if (word !== undefined) onChange(word);
    setOpen(false);
    setActive(0);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const { key } = event;
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      if (proposals.length === 0) return;
      event.preventDefault();
      const by = key === 'ArrowDown' ? 1 : proposals.length - 1;
      setActive((before) => (before + by) % proposals.length);
    } else if (key === 'Escape' && open) {
      event.stopPropagation();
      setOpen(false);
    } else if (key === 'Tab' && !event.shiftKey) {
      take(proposed);
    } else if (key === ' ' || (key === 'Enter' && proposed !== undefined)) {
      event.preventDefault();
      if (value.trim() === '') return;
      take(proposed);
      onLeave(1);
    } else if (key === 'Backspace' && value === '') {
      event.preventDefault();
      onLeave(-1);
    }
  };

  return (
    <div className={styles.field} data-off={offList}>
      <label htmlFor={id} className={styles.number}>
        <span className={styles.spoken}>Word </span>
        {number}
      </label>
      <input
        id={id}
        className={styles.input}
        type="text"
        role="combobox"
        aria-expanded={proposals.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={proposed === undefined ? undefined : `${id}-${proposed}`}
        aria-invalid={offList}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={value}
        onChange={(event) => {
          onChange(event.currentTarget.value);
          setActive(0);
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        onBlur={() => setOpen(false)}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={`Words for ${number}`} className={styles.proposals}>
        {proposals.map((word) => (
          <li
            key={word}
            id={`${id}-${word}`}
            role="option"
            aria-selected={word === proposed}
            // before the field loses the focus
            onMouseDown={(event) => {
              event.preventDefault();
              take(word);
              onLeave(1);
            }}
          >
            {word}
          </li>
        ))}
      </ul>
    </div>
  );
}
