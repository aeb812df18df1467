import { Button } from '@mantine/core';
import { counted } from '#shared/counted';
import type { EnvironmentCard } from '#contract/environments';
import type { EncryptedColumn } from '#contract/inventory';
import type { Output } from '#contract/procedures';
import { FooterBar } from '../../components/layout/screen.tsx';
import { useNavigation } from '../../navigation.tsx';
import { foreignColumns, misformed, notProven } from './proof-text.ts';

export interface ProofNextProps {
  readonly environment: EnvironmentCard;
  /** Of this session. */
  readonly proof: Output<'proof.run'> | undefined;
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
        status="Every value in the inventory is decrypted and checked; nothing is written"
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
        status="Columns in another format would block a rotation"
        secondary={again}
        primary={<Button onClick={onFindForm}>Find the right format</Button>}
      />
    );
  }
  if (proof.verdict === 'wrong') {
    return (
      <FooterBar
        status="This key decrypts none of the known columns"
        secondary={again}
        primary={<Button onClick={() => go('key')}>Use another key</Button>}
      />
    );
  }
  if (proof.verdict === 'inconclusive') {
    return (
      <FooterBar
        status="The key is still unproven"
        primary={<Button onClick={onProve}>Prove again</Button>}
      />
    );
  }
  if (proof.stillActive !== undefined) {
    return (
      <FooterBar
        status={`Key ${proof.stillActive} is still the active key`}
        primary={<Button onClick={onProve}>Prove again</Button>}
      />
    );
  }
  const open = foreignColumns(proof, excluded).filter(({ left }) => !left);
  const status =
    open.length > 0 ? 'Values that no known key decrypts would block a rotation' : 'The key is proven';
  if (environment.activeKey?.provenAt === undefined) {
    return (
      <FooterBar
        status={open.length > 0 ? status : 'The key is proven, but its backup is not tested'}
        secondary={again}
        primary={<Button onClick={() => go('backup')}>Back it up</Button>}
      />
    );
  }
  return (
    <FooterBar
      status={status}
      secondary={again}
      primary={<Button onClick={() => go('rotate')}>Go to rotation</Button>}
    />
  );
}
