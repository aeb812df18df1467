import { Button } from '@mantine/core';
import { counted } from '#shared/counted';
import type { EnvironmentCard } from '#contract/environments';
import type { EncryptedColumn } from '#contract/inventory';
import type { Proof } from '#contract/shapes';
import { FooterBar } from '../../components/layout/screen.tsx';
import { useNavigation } from '../../navigation.tsx';
import { foreignColumns, misformed, notProven } from './proof-text.ts';

export interface ProofNextProps {
  readonly environment: EnvironmentCard;
  /** Of this session. */
  readonly proof: Proof | undefined;
  /** The inventory as it is now. */
  readonly columns: readonly EncryptedColumn[];
  readonly excluded: readonly string[];
  readonly onProve: () => void;
  readonly onFindForm: () => void;
}

/** The one next action after a proof, or before one. */
export function ProofNext(props: ProofNextProps) {
  const { environment, proof, columns, excluded, onProve, onFindForm } = props;
  const { go } = useNavigation();
  const again = (
    <Button variant="default" onClick={onProve}>
      Prove again
    </Button>
  );
  if (!proof) {
    return (
      <FooterBar
        status="Every value of the inventory is opened and judged; nothing is written"
        primary={<Button onClick={onProve}>Prove the key</Button>}
      />
    );
  }
  const added = notProven(proof, columns).length;
  if (added > 0) {
    return (
      <FooterBar
        status={`${counted(added, 'column')} ${added === 1 ? 'was' : 'were'} added or changed since this proof`}
        primary={<Button onClick={onProve}>Prove again</Button>}
      />
    );
  }
  if (misformed(proof).length > 0) {
    return (
      <FooterBar
        status="Columns in another form would stop a rotation"
        secondary={again}
        primary={<Button onClick={onFindForm}>Find the right form</Button>}
      />
    );
  }
  if (proof.verdict === 'wrong') {
    return (
      <FooterBar
        status="This key opens none of the known columns"
        secondary={again}
        primary={<Button onClick={() => go('key')}>Use another key</Button>}
      />
    );
  }
  if (proof.verdict === 'inconclusive') {
    return (
      <FooterBar status="The key stays unproven" primary={<Button onClick={onProve}>Prove again</Button>} />
    );
  }
  const open = foreignColumns(proof, excluded).filter(({ left }) => !left);
  const status = open.length > 0 ? 'Values without a known key would stop a rotation' : 'The key is proven';
  if (environment.activeKey?.provenAt === undefined) {
    return (
      <FooterBar
        status={open.length > 0 ? status : 'The key is proven, its backup is not'}
        secondary={again}
        primary={<Button onClick={() => go('backup')}>Back it up</Button>}
      />
    );
  }
  return (
    <FooterBar
      status={status}
      secondary={again}
      primary={<Button onClick={() => go('rotate')}>Go to the rotation</Button>}
    />
  );
}
