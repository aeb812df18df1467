import { Button, VisuallyHidden } from '@mantine/core';
import type { Progress } from '../../tracked-operations.ts';
import styles from './operation-progress.module.css';
import { progressAloud, progressInWords, shareOf, stepInWords } from './operation-text.ts';

export interface OperationProgressProps {
  /** What is being done, like `Rehearsing the rotation`. */
  readonly title: string;
  readonly progress: Progress;
  readonly onCancel?: () => void;
}

/** Where long work stands: step, bar, rows, rate and time left, and a way to call it off while there is one. */
export function OperationProgress({ title, progress, onCancel }: OperationProgressProps) {
  return (
    <div className={styles.operation}>
      <div className={styles.head}>
        <p className={styles.title}>{title}</p>
        {onCancel && (
          <Button variant="default" size="xs" disabled={!progress.cancellable} onClick={onCancel}>
            Cancel
          </Button>
        )}
      </div>
      <ProgressBar title={title} progress={progress} />
      <div className={styles.words}>
        <span>{stepInWords(progress.step)}</span>
        <span>{progressInWords(progress)}</span>
      </div>
      {onCancel && !progress.cancellable && progress.step !== '' && (
        <p className={styles.words}>It can no longer be cancelled and is being completed.</p>
      )}
      <VisuallyHidden aria-live="polite">{progressAloud(progress)}</VisuallyHidden>
    </div>
  );
}

/** The bar alone; it moves to and fro where the whole is not known. */
export function ProgressBar({ title, progress }: { readonly title: string; readonly progress: Progress }) {
  const share = shareOf(progress);
  const known = share === undefined ? {} : { 'aria-valuenow': Math.round(share * 100) };
  return (
    <div
      className={styles.track}
      role="progressbar"
      aria-label={title}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={progressInWords(progress) || stepInWords(progress.step)}
      {...known}
    >
      <div
        className={styles.bar}
        data-open={share === undefined}
        style={share === undefined ? {} : { inlineSize: `${share * 100}%` }}
      />
    </div>
  );
}
