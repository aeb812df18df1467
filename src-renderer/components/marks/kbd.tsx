import styles from './kbd.module.css';

/** A shortcut as it is on the keyboard, like `Ctrl K` or `⌘ K`. */
export function Kbd({ keys }: { readonly keys: string }) {
  return <kbd className={styles.kbd}>{keys}</kbd>;
}
