import { useRef } from 'react';
import { useCall } from '../../use-call.ts';
import { spread } from './typed-words.ts';
import { WordField } from './word-field.tsx';
import styles from './word-fields.module.css';

export interface WordFieldsProps {
  readonly words: readonly string[];
  readonly onChange: (words: readonly string[]) => void;
}

/** The recovery words, a field each. All of them can be pasted at once, into any of the fields. */
export function WordFields({ words, onChange }: WordFieldsProps) {
  const group = useRef<HTMLDivElement>(null);
  const list = useCall('words.list', {}, { reloadOn: [] });

  const focus = (at: number) => {
    group.current?.querySelectorAll('input')[Math.max(0, Math.min(at, words.length - 1))]?.focus();
  };

  return (
    <div ref={group} role="group" aria-label="Recovery words" className={styles.words}>
      {words.map((word, at) => (
        <WordField
          // a place is what a field is
          key={`word ${at + 1}`}
          number={at + 1}
          value={word}
          list={list.value ?? []}
          onChange={(value) => onChange(words.with(at, value))}
          onPaste={(event) => {
            const all = spread(words, at, event.clipboardData.getData('text'));
            if (!all) return;
            event.preventDefault();
            onChange(all);
            focus(all.findIndex((one) => one === ''));
          }}
          onLeave={(by) => focus(at + by)}
        />
      ))}
    </div>
  );
}
