import { Card } from '../../components/card.tsx';
import { CopyableText } from '../../components/copyable-text.tsx';
import styles from './handoff.module.css';
import { restartCommands } from './restart-commands.ts';

/** How Ballast takes the new key in: Keel does not restart what it does not run. */
export function RestartAdvice({ handedOff }: { readonly handedOff: boolean }) {
  return (
    <Card title={handedOff ? 'Start Ballast again' : 'Then start Ballast again'}>
      <dl className={styles.commands}>
        {restartCommands.map(({ way, command, note }) => (
          <div key={way}>
            <dt>{way}</dt>
            <dd>
              <CopyableText text={command} what={`the command for ${way}`} />
              <span className={styles.dim}>{note}</span>
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
