import { VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from '../marks/icon.tsx';
import type { IconName } from '../marks/icon-outlines.ts';
import styles from './notice.module.css';

export type NoticeTone = 'info' | 'good' | 'warn' | 'stop';

export interface NoticeProps {
  readonly tone: NoticeTone;
  /** What is so, as a short sentence. */
  readonly title: ReactNode;
  /** What to do about it. */
  readonly remedy?: ReactNode;
  /** A button that does it. */
  readonly action?: ReactNode;
  /** Read out when it appears; a stop interrupts. */
  readonly live?: boolean;
  readonly children?: ReactNode;
}

const signs: Readonly<Record<NoticeTone, { icon: IconName; word: string }>> = {
  info: { icon: 'info', word: 'Note' },
  good: { icon: 'good', word: 'Done' },
  warn: { icon: 'warn', word: 'Warning' },
  stop: { icon: 'stop', word: 'Problem' },
};

/** Something the admin must know here and now: it stays until it is no longer so. */
export function Notice({ tone, title, remedy, action, live = false, children }: NoticeProps) {
  const { icon, word } = signs[tone];
  const role = !live ? {} : { role: tone === 'stop' ? 'alert' : 'status' };
  return (
    <div className={styles.notice} data-tone={tone} {...role}>
      <span className={styles.sign}>
        <Icon name={icon} />
        <VisuallyHidden>{word}: </VisuallyHidden>
      </span>
      <div className={styles.words}>
        <div className={styles.title}>{title}</div>
        {children !== undefined && <div>{children}</div>}
        {remedy !== undefined && <div>{remedy}</div>}
      </div>
      {action !== undefined && <div className={styles.action}>{action}</div>}
    </div>
  );
}
