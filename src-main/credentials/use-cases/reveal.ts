import type { Inventory } from '#contract/inventory';
import { KeelError } from '#errors/keel-error';
import type { UseCaseContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';
import { type CredentialAddress, openCredential, secretOf } from '#credentials/one-credential';
import type { ValueState } from '#credentials/open-values';
import type { CredentialIdentity } from '#credentials/read-credentials';
import { formOf, revealed, type SecretForm } from '#credentials/secret-form';
import { atCredentials, type CredentialsInput } from './at-credentials.ts';
import { labelOf } from './label.ts';

export interface OneCredentialInput extends CredentialsInput {
  /** Where it stands, once the columns are known. What it throws ends the work. */
  readonly addressIn: (inventory: Inventory) => CredentialAddress;
}

export interface InspectedCredential {
  readonly identity: CredentialIdentity;
  /** `schema.table.column` and the row. */
  readonly label: string;
  readonly state: ValueState;
  /** Names the ciphertext: revealing and replacing want it back. */
  readonly version: string;
  /** Of one that opens. */
  readonly form?: SecretForm;
}

/** What is known of one credential, without anything of what it says. Throws as `openCredential` does. */
export async function inspectCredential(
  workspace: Workspace,
  { addressIn, ...input }: OneCredentialInput,
  context: Pick<UseCaseContext, 'signal'>,
): Promise<InspectedCredential> {
  return atCredentials(workspace, input, context, async ({ client, key, inventory }) => {
    using credential = await openCredential(client, key, inventory, addressIn(inventory));
    const { identity, version, opened } = credential;
    const form = opened.secret && formOf(opened.secret);
    return { identity, label: labelOf(identity), state: opened.state, version, ...(form && { form }) };
  });
}

export interface RevealInput extends OneCredentialInput {
  /** What was examined before; without it what is there now. */
  readonly version?: string;
  /** See `revealed`. */
  readonly field?: number | undefined;
  readonly to: 'screen' | 'terminal';
}

const destinations: Readonly<Record<RevealInput['to'], string>> = {
  screen: 'on the screen, while held',
  terminal: 'to the terminal',
};

/**
 * A credential in clear. It is noted first: where the log cannot be written, nothing is shown. Throws `value-changed` where it is not
 * the one that was examined, `value-unopened`, and what the confirmation throws.
 */
export async function revealCredential(
  workspace: Workspace,
  { addressIn, version, field, to, ...input }: RevealInput,
  context: Pick<UseCaseContext, 'signal' | 'confirm' | 'audit'>,
): Promise<string> {
  return atCredentials(workspace, input, context, async ({ client, key, inventory }) => {
    using credential = await openCredential(client, key, inventory, addressIn(inventory));
    if (version !== undefined && credential.version !== version) throw changedSince();
    const secret = secretOf(credential);
    const label = labelOf(credential.identity);
    await context.confirm({ of: 'reveal-credential', label });
    await context.audit.before({
      environment: workspace.id,
      action: 'credential revealed',
      detail: `${label}, ${destinations[to]}`,
      outcome: 'done',
      fingerprint: key.fingerprint,
    });
    return revealed(secret, field);
  });
}

function changedSince(): KeelError {
  return new KeelError(
    'value-changed',
    'the credential has changed since it was read; nothing was shown',
    'open it again',
  );
}
