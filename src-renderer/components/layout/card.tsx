import { type ReactNode, useId } from 'react';
import styles from './card.module.css';

export interface CardProps {
  /** A heading of the second rank. */
  readonly title?: ReactNode;
  /** To the right of the title: a badge, a button. */
  readonly aside?: ReactNode;
  /** The band at the bottom: what to do next. */
  readonly footer?: ReactNode;
  /** There is nothing to do: the band does not call for attention. */
  readonly calm?: boolean;
  /** False for content that brings its own padding, like a table. */
  readonly padded?: boolean;
  readonly children?: ReactNode;
}

/** A quiet surface with one subject. */
export function Card({ title, aside, footer, calm = false, padded = true, children }: CardProps) {
  const id = useId();
  const named = title === undefined ? {} : { 'aria-labelledby': id };
  return (
    <section className={styles.card} {...named}>
      {title !== undefined && (
        <div className={styles.head}>
          <h2 id={id} className={styles.title}>
            {title}
          </h2>
          {aside}
        </div>
      )}
      {children !== undefined && <div className={padded ? styles.padded : styles.flush}>{children}</div>}
      {footer !== undefined && (
        <div className={styles.footer} data-calm={calm}>
          {footer}
        </div>
      )}
    </section>
  );
}
