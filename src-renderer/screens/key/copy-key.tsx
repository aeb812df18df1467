import type { EnvironmentCard } from '#contract/environments';
import { CopySecret } from '../../components/secrets/copy-secret.tsx';
import { useClient } from '../../use-client.ts';

export interface CopyKeyProps {
  readonly environment: EnvironmentCard;
  readonly fingerprint: string;
}

/** Puts the encryption key into the clipboard. */
export function CopyKey({ environment, fingerprint }: CopyKeyProps) {
  const client = useClient();
  const key = { environment: environment.id, fingerprint };
  return <CopySecret environment={environment} copy={() => client.call('keys.copy', key)} />;
}
