import { Button } from '@mantine/core';
import { Card } from '../../components/layout/card.tsx';
import { useNavigation } from '../../navigation.tsx';
import styles from './handoff.module.css';

/** After a rotation: do the credentials that were rewritten still open their doors? */
export function VerifyConnections({ environment }: { readonly environment: string }) {
  const { go } = useNavigation();
  return (
    <Card
      title="See that the credentials work"
      aside={
        <Button variant="default" size="xs" onClick={() => go('connections', environment)}>
          Verify connections
        </Button>
      }
    >
      <p className={styles.dim}>
        The rotation has compared every value that it rewrote. Trying them where they belong tells of those
        that were revoked or changed at their source meanwhile.
      </p>
    </Card>
  );
}
