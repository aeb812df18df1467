import { Skeleton, VisuallyHidden } from '@mantine/core';
import styles from './loading.module.css';

/** As much room as what is coming will take, so that nothing jumps. Heights in pixels. */
export function Loading({
  what,
  heights = [84, 220],
}: {
  readonly what: string;
  readonly heights?: number[];
}) {
  return (
    <div role="status" className={styles.loading}>
      <VisuallyHidden>Loading {what}</VisuallyHidden>
      {heights.map((height, at) => (
        <Skeleton key={at} height={height} radius="lg" />
      ))}
    </div>
  );
}
