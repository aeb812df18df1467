import { CopyButton, type CopyButtonProps } from './copy-button.tsx';
import styles from './copyable-text.module.css';

/** A line to be used elsewhere, with a button that copies it. */
export function CopyableText({ text, what }: CopyButtonProps) {
  return (
    <span className={styles.copyable}>
      <code>{text}</code>
      <CopyButton text={text} what={what} />
    </span>
  );
}
