import type { EnvironmentColour } from '#contract/environments';
import styles from './environment-dot.module.css';

/** The colour that the admin gave an environment; its name is always next to it. */
export function EnvironmentDot({ colour }: { readonly colour: EnvironmentColour }) {
  return <span aria-hidden="true" className={styles.dot} data-colour={colour} />;
}
