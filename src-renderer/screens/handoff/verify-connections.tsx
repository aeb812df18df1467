import { Button } from '@mantine/core';
import { Card } from '../../components/layout/card.tsx';
import { useNavigation } from '../../navigation.tsx';
import styles from './handoff.module.css';

/** After a rotation: do the credentials that were rewritten still open their doors? */
export function VerifyConnections({ environment }: { readonly environment: string }) {
  const { go } = useNavigation();
  return (
    <Card
      title="Test the credentials"
      aside={
        <Button variant="default" size="xs" onClick={() => go('connections', environment)}>
          Test connections
        </Button>
      }
    >
      <p className={styles.dim}>
        The rotation compared every value that it rewrote. Testing the credentials at their own servers also
        shows those that were revoked or changed there in the meantime.
      </p>
    </Card>
  );
}
