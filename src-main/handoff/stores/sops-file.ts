import type { HandoffTarget } from '#contract/handoff';
import { KeelError } from '#errors/keel-error';
import { unclear } from '#handoff/unclear';
import { JsonText } from '#handoff/vault/json-text';
import { ask, refusedBy, type SecretStore, type StoreProgram, textOf } from './secret-store.ts';

const sops: StoreProgram = {
  name: 'sops',
  variables: /^(?:SOPS_|AWS_|GOOGLE_|CLOUDSDK_|AZURE_|VAULT_|GNUPGHOME$|GPG_TTY$)/,
  remedy:
    'run Keel where `sops decrypt` works on this file; setting a value without showing it requires SOPS 3.11 or later',
};

/**
 * A value of a file that SOPS keeps encrypted (SOPS 3.11, `decrypt`, `set --value-stdin`). The file's other values are compared after the write;
 * SOPS leaves what did not change as it is, but for its checksum and date.
 */
export function sopsFile({ path, at }: Extract<HandoffTarget, { kind: 'sops-file' }>): SecretStore {
  const where = `${path}, ${at.join('.')}`;
  const decrypted = async () => {
    const answer = await ask(sops, ['decrypt', '--output-type', 'json', path]);
    if (answer.status !== 0) throw refusedBy(sops, where, answer);
    return new JsonText(textOf(answer));
  };
  return {
    where,
    async read() {
      const document = await decrypted();
      const value = document.scalarAt(...at);
      if (value !== undefined) return String(value);
      throw unclear(
        where,
        'the file has no text value at this path',
        'enter the path of the value that contains the key',
      );
    },
    async write(text) {
      const before = await decrypted();
      const index = at.map((name) => `[${JSON.stringify(name)}]`).join('');
      const answer = await ask(sops, ['set', '--value-stdin', path, index], JSON.stringify(text));
      if (answer.status !== 0) throw refusedBy(sops, where, answer);
      const after = await decrypted();
      if (after.withAt(at, '').equals(before.withAt(at, ''))) return;
      throw new KeelError(
        'verification-failed',
        `${where} was written, but other values of the file changed`,
        'compare the file with its previous version',
      );
    },
  };
}
