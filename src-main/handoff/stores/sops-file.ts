import type { HandoffTarget } from '#contract/handoff';
import { KeelError } from '#errors/keel-error';
import { unclear } from '#handoff/unclear';
import { readSmallFile } from '#storage/small-file';
import { JsonText } from '#handoff/vault/json-text';
import { ask, refusedBy, type SecretStore, type StoreProgram, textOf } from './secret-store.ts';

const sops: StoreProgram = {
  name: 'sops',
  variables: /^(?:SOPS_|AWS_|GOOGLE_|CLOUDSDK_|AZURE_|GNUPGHOME$|GPG_TTY$)/,
  remedy:
    'run Keel where `sops decrypt` works on this file; setting a value without showing it requires SOPS 3.11 or later',
};

/** The same, with the login of the Vault that the file names. */
const sopsWithVault: StoreProgram = { ...sops, variables: new RegExp(`${sops.variables.source}|^VAULT_`) };

/** The Vault server that SOPS may log in to, if a file is encrypted with a key of it: the admin's own, of VAULT_ADDR. */
export function sopsVault(): string | undefined {
  return process.env['VAULT_ADDR']?.replace(/\/+$/, '') || undefined;
}

/** YAML and JSON can write a name so that it is not found as text: by escapes, aliases and tags. */
const hidden = /\\(?:u00|U000000|x)[0-9a-f]{2}|(?:^|[{,?-])[ \t]*\*[^\s:"']+[ \t]*:|!!?binary|tag:yaml/im;

/**
 * SOPS sends the admin's Vault token to the server that its file names. Returns how it is run for this file. Throws `file-unwritable` where that
 * is another server than the one of VAULT_ADDR, or cannot be told.
 */
async function sopsFor(path: string, where: string): Promise<StoreProgram> {
  const read = await readSmallFile(path);
  if (!('bytes' in read)) throw unclear(where, read.why, 'check the path and its permissions');
  const text = read.bytes.toString('utf8');
  // another encoding, which SOPS may read, hides every name
  const isHidden = hidden.test(text) || /[\0\uFEFF\uFFFD]/.test(text);
  // to the end of the line: what follows belongs to the address, unless it closes it
  const named = Array.from(text.matchAll(/vault_address["']?\s*[:=]([^\r\n]*)/gi), ([, rest = '']) =>
    addressIn(rest),
  );
  if (named.length === 0 && !isHidden) return sops;
  const own = sopsVault();
  if (own && !isHidden && named.every((server) => server?.replace(/\/+$/, '') === own)) return sopsWithVault;
  throw unclear(
    where,
    'SOPS would send your Vault token to the server that this file names, which is not known to be the one in VAULT_ADDR',
    'check `vault_address` in the file; if you trust that server, set VAULT_ADDR to it and start Keel again',
  );
}

/** The address after `vault_address:`, bare or in one pair of quotes, with nothing after it but what closes it; undefined otherwise. */
function addressIn(rest: string): string | undefined {
  const [, double, single, bare] =
    /^[ \t]*(?:"([^"]*)"|'([^']*)'|([^\s"',{}#]+))[ \t]*[,}\]]*[ \t]*$/.exec(rest) ?? [];
  return double ?? single ?? bare;
}

/**
 * A value of a file that SOPS keeps encrypted (SOPS 3.11, `decrypt`, `set --value-stdin`). The file's other values are compared after the write;
 * SOPS leaves what did not change as it is, but for its checksum and date.
 */
export function sopsFile({ path, at }: Extract<HandoffTarget, { kind: 'sops-file' }>): SecretStore {
  const where = `${path}, ${at.join('.')}`;
  const decrypted = async () => {
    const answer = await ask(await sopsFor(path, where), ['decrypt', '--output-type', 'json', path]);
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
      const answer = await ask(
        await sopsFor(path, where),
        ['set', '--value-stdin', path, index],
        JSON.stringify(text),
      );
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
