import { type ReactNode, useEffect, useRef } from 'react';
import { useEnvironmentHere } from '../../environment-here.ts';
import { ProductionBadge } from '../marks/badge.tsx';
import styles from './screen.module.css';

export interface ScreenProps {
  readonly title: ReactNode;
  readonly subtitle?: ReactNode;
  /** To the right of the title. */
  readonly actions?: ReactNode;
  /** A `FooterBar`; it stays in sight while the screen scrolls. */
  readonly footer?: ReactNode;
  /** Of a wizard: another value moves the focus to the heading, as a new step does. */
  readonly step?: string;
  readonly children: ReactNode;
}

/** The frame of every screen. Focus moves to its heading when it opens, so that a keyboard goes on from there. */
export function Screen({ title, subtitle, actions, footer, step, children }: ScreenProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const environment = useEnvironmentHere();

  useEffect(() => {
    // a dialog that was opened meanwhile keeps it
    if (!document.activeElement?.closest('[aria-modal="true"]'))
      heading.current?.focus({ preventScroll: true });
    body.current?.scrollTo({ top: 0 });
    // a new step is a new place, whatever it is called
  }, [step]);

  return (
    <div className={styles.screen}>
      {environment?.production && <div className={styles.ribbon} aria-hidden="true" />}
      <div className={styles.body} ref={body}>
        <header className={styles.header}>
          <div className={styles.words}>
            <div className={styles.title}>
              <h1 ref={heading} tabIndex={-1}>
                {title}
              </h1>
              {environment?.production && <ProductionBadge />}
            </div>
            {subtitle !== undefined && <p className={styles.subtitle}>{subtitle}</p>}
          </div>
          {actions !== undefined && <div className={styles.actions}>{actions}</div>}
        </header>
        <div className={styles.content}>{children}</div>
      </div>
      {footer}
    </div>
  );
}

export interface FooterBarProps {
  /** One line that says where one stands, or what is missing before the next step. */
  readonly status?: ReactNode;
  readonly secondary?: ReactNode;
  /** The one primary action of the screen. */
  readonly primary?: ReactNode;
}

/** Where the next step is. */
export function FooterBar({ status, secondary, primary }: FooterBarProps) {
  return (
    <footer className={styles.footer}>
      <div className={styles.status} role="status">
        {status}
      </div>
      <div className={styles.actions}>
        {secondary}
        {primary}
      </div>
    </footer>
  );
}
