import { Icon } from '../../components/marks/icon.tsx';
import type { IconName } from '../../components/marks/icon-outlines.ts';
import type { VerdictWords } from './proof-text.ts';
import styles from './prove.module.css';

const signs: Readonly<Record<VerdictWords['tone'], IconName>> = { good: 'good', warn: 'warn', stop: 'stop' };

/** What the proof came to, large. */
export function VerdictBanner({ words }: { readonly words: VerdictWords }) {
  return (
    <section className={styles.verdict} data-tone={words.tone} role="status" aria-label="Verdict">
      <Icon name={signs[words.tone]} size={26} />
      <h2>{words.title}</h2>
      <p>{words.says}</p>
      <p className={styles.remedy}>{words.remedy}</p>
    </section>
  );
}
