import { Modal, VisuallyHidden } from '@mantine/core';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { Dialog } from '../components/layout/dialog.tsx';
import { Icon } from '../components/marks/icon.tsx';
import { Kbd } from '../components/marks/kbd.tsx';
import styles from './chooser.module.css';
import { type Choice, search } from './palette-search.ts';

export interface ChooserProps {
  /** What it is for, read out, like `Search or run a command`. */
  readonly title: string;
  readonly placeholder: string;
  readonly choices: readonly Choice[];
  readonly onClose: () => void;
}

/** One of many things, found by typing. */
export function Chooser({ title, placeholder, choices, onClose }: ChooserProps) {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const found = search(choices, typed);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const active = found[Math.min(at, found.length - 1)];

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active?.id]);

  const choose = (choice = active) => {
    if (!choice) return;
    onClose();
    choice.run();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const last = found.length - 1;
    const to = {
      ArrowDown: at >= last ? 0 : at + 1,
      ArrowUp: at <= 0 ? last : at - 1,
      PageDown: Math.min(at + 8, last),
      PageUp: Math.max(at - 8, 0),
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      setAt(to);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      choose();
    }
  };

  return (
    <Dialog onClose={onClose} withCloseButton={false} padding={0} size={560} yOffset="12vh" centered={false}>
      <Modal.Title>
        <VisuallyHidden>{title}</VisuallyHidden>
      </Modal.Title>
      <div className={styles.search}>
        <Icon name="search" />
        <input
          data-autofocus
          // before the dialog would do it, so that what is typed at once is not lost
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={active && `${id} ${active.id}`.replaceAll(' ', '-')}
          aria-autocomplete="list"
          aria-label={title}
          placeholder={placeholder}
          spellCheck={false}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <Kbd keys="Esc" />
      </div>
      <div className={styles.list} id={id} role="listbox" aria-label="Results" ref={list}>
        {found.map((choice, place) => (
          <div
            key={choice.id}
            id={`${id} ${choice.id}`.replaceAll(' ', '-')}
            role="option"
            tabIndex={-1}
            aria-selected={choice === active}
            className={styles.choice}
            onPointerMove={() => setAt(place)}
            onClick={() => choose(choice)}
          >
            {choice.mark}
            <span className={styles.title}>{choice.title}</span>
            <span className={styles.group}>{choice.group}</span>
            {choice.shortcut !== undefined && <Kbd keys={choice.shortcut} />}
          </div>
        ))}
      </div>
      <p className={styles.none} role="status">
        {found.length === 0 ? 'No results' : ''}
      </p>
    </Dialog>
  );
}
