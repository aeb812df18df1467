import type { HandoffTarget } from '#contract/handoff';
import { azureSecret } from './azure-secret.ts';
import { awsSecret, gcpSecret } from './cloud-stores.ts';
import { onePassword } from './one-password.ts';
import type { SecretStore } from './secret-store.ts';
import { sopsFile } from './sops-file.ts';

/** A target that a program of the admin's keeps. */
export type StoredTarget = Extract<
  HandoffTarget,
  { kind: 'sops-file' | 'aws-secret' | 'gcp-secret' | 'azure-secret' | 'one-password' }
>;

/** What keeps a target. */
export function storeOf(target: StoredTarget): SecretStore {
  switch (target.kind) {
    case 'sops-file':
      return sopsFile(target);
    case 'aws-secret':
      return awsSecret(target);
    case 'gcp-secret':
      return gcpSecret(target);
    case 'azure-secret':
      return azureSecret(target);
    case 'one-password':
      return onePassword(target);
    default:
      return target satisfies never;
  }
}

export function isStored(target: HandoffTarget): target is StoredTarget {
  return ['sops-file', 'aws-secret', 'gcp-secret', 'azure-secret', 'one-password'].includes(target.kind);
}

/** The field of a target's JSON, where it is named apart from the secret. */
export function fieldOf(target: StoredTarget): string | undefined {
  return target.kind === 'sops-file' || target.kind === 'one-password' ? undefined : target.field;
}
