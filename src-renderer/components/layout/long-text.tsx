import styles from './long-text.module.css';

export interface LongTextProps {
  readonly text: string;
  /** More letters than these are shown on request only. */
  readonly maxLength?: number;
}

/** A text of any length: whole while it is short, else its beginning, and the rest on request. */
export function LongText({ text, maxLength = 240 }: LongTextProps) {
  if (text.length <= maxLength) return text;
  return (
    <details className={styles.long}>
      <summary>
        <span className={styles.beginning}>{text.slice(0, maxLength).trimEnd()}…</span>
        <span className={styles.more}>Show all</span>
      </summary>
      {/* scrolls, so a keyboard has to reach it */}
      <p className={styles.all} tabIndex={0}>
        {text}
      </p>
    </details>
  );
}
