import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { Notice } from '../components/notices/notice.tsx';
import styles from './frame.module.css';

interface Props {
  readonly children: ReactNode;
}

/** A fault in one screen leaves the rest of the window usable. React has this only as a class. */
export class FaultBoundary extends Component<Props, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <div className={styles.broken}>
        <Notice
          live
          tone="stop"
          title="Something went wrong on this screen."
          remedy="Running operations continue. Reload the window to open the screen again, and report what you did."
          action={
            <Button variant="default" onClick={() => window.location.reload()}>
              Reload
            </Button>
          }
        />
      </div>
    );
  }
}
