import { useEffect, useState } from 'react';
import styles from './dropped.module.css';

/** While a file is over the window the browser says so many times a second; then it is gone, or was dropped. */
const silentMs = 400;

/** A frame around the window while files are dragged over it. */
export function DropHint() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onDragOver = ({ dataTransfer }: DragEvent) => {
      if (!dataTransfer?.types.includes('Files')) return;
      setOver(true);
      clearTimeout(timer);
      timer = setTimeout(() => setOver(false), silentMs);
    };
    window.addEventListener('dragover', onDragOver);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('dragover', onDragOver);
    };
  }, []);
  if (!over) return null;
  return (
    <div className={styles.hint} aria-hidden="true">
      <span>Drop a file to see what Keel can do with it</span>
    </div>
  );
}
