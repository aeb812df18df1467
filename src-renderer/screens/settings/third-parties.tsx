import { counted } from '#shared/counted';
import styles from './settings.module.css';
import thirdParties from './third-parties.json';

/** What Keel is made of besides itself, and under which licences. The list is made by `npm run licences`. */
export function ThirdParties() {
  return (
    <details className={styles.parties}>
      <summary>Keel includes {counted(thirdParties.length, 'third-party package')}</summary>
      <ul>
        {thirdParties.map(({ name, version, licence }) => (
          <li key={`${name} ${version}`}>
            {name} {version}: {licence}
          </li>
        ))}
      </ul>
    </details>
  );
}
