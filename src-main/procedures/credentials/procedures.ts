import type { CredentialAddress } from '#contract/credentials';
import { serversOf } from '#connections/connection-test';
import { listPage, outlineList } from '#credentials/use-cases/list';
import { replaceSecret } from '#credentials/use-cases/replace';
import { inspectCredential, revealCredential } from '#credentials/use-cases/reveal';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Inventory } from '#contract/inventory';
import { loadActiveKey } from '#workspace/ring-keys';
import { confirmWith } from '#procedures/consent/confirm-with';
import type { Implementations } from '#procedures/implementations';
import type { Ports } from '#procedures/ports';
import { inventoryOf } from '#procedures/rotation/procedures';
import { shownWhileHeld } from '#procedures/while-held';
import { windowAudit, windowContext } from '#procedures/window-context';
import type { Workspace } from '#procedures/workspaces';

export type CredentialPorts = Pick<Ports, 'workspaces' | 'native' | 'note'>;

type Verbs = 'list' | 'outline' | 'inspect' | 'reveal' | 'replace';

/** The credentials of an environment, under its active key. No plaintext leaves but through `reveal`, one value at a time. */
export function credentialProcedures(ports: CredentialPorts): Pick<Implementations, `credentials.${Verbs}`> {
  const audit = windowAudit(ports.note);
  const withReviewed = async <T>(
    environment: string,
    work: (
      workspace: Workspace,
      input: { readonly key: EncryptionKey; readonly inventory: Inventory },
    ) => Promise<T>,
  ): Promise<T> => {
    using workspace = await ports.workspaces.open(environment);
    const inventory = inventoryOf(workspace);
    using key = await loadActiveKey(workspace);
    return await work(workspace, { key, inventory });
  };
  const at = (address: CredentialAddress) => ({ addressIn: () => address });

  return {
    'credentials.list': ({ environment, ...query }) =>
      withReviewed(environment, async (workspace, input) => {
        const { credentials, next } = await listPage(
          workspace,
          { ...input, query },
          windowContext({ audit }),
        );
        return { credentials: credentials.map((one) => ({ ...one })), ...(next !== undefined && { next }) };
      }),

    'credentials.outline': ({ environment, ...query }) =>
      withReviewed(environment, async (workspace, input) => {
        const { pages, next } = await outlineList(workspace, { ...input, query }, windowContext({ audit }));
        return { pages: [...pages], ...(next !== undefined && { next }) };
      }),

    'credentials.inspect': ({ environment, address }) =>
      withReviewed(environment, async (workspace, input) => {
        const { state, version, form } = await inspectCredential(
          workspace,
          { ...input, ...at(address) },
          windowContext({ audit }),
        );
        return {
          state,
          version,
          ...(form && { form: form.form }),
          ...(form?.form === 'fields' && { fields: [...form.fields] }),
        };
      }),

    'credentials.reveal': ({ environment, address, version, field }, { press }) =>
      withReviewed(environment, async (workspace, input) => {
        const asked = { ...input, ...at(address), version, field, to: 'screen' as const };
        const text = await shownWhileHeld({ ...ports, press }, (confirm) =>
          revealCredential(workspace, asked, windowContext({ audit, confirm })),
        );
        return { text };
      }),

    'credentials.replace': ({ environment, address, version, field, value }, { consent }) =>
      withReviewed(environment, async (workspace, input) => {
        const confirm = confirmWith(consent, workspace);
        const replacing = { version, field, value };
        await replaceSecret(
          workspace,
          { ...input, ...at(address), replacing, serversOf },
          windowContext({ audit, confirm }),
        );
        return {};
      }),
  };
}
