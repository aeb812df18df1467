import { unclear } from './unclear.ts';

/** A tool that keeps whole files encrypted, or under a checksum, so that a change from outside would break them. */
interface FileTool {
  readonly sign: RegExp;
  /** What the file is, in a sentence that begins with `it is`. */
  readonly what: string;
  readonly remedy: string;
}

const tools: readonly FileTool[] = [
  {
    // the checksum over all values stands in each of its formats in this form
    sign: /ENC\[AES256_GCM,data:/,
    what: 'it is encrypted with SOPS, and editing it as text would break its checksum',
    remedy: 'add it as a SOPS destination, or change it with `sops edit`',
  },
  {
    sign: /^\$ANSIBLE_VAULT;/,
    what: 'it is encrypted with Ansible Vault',
    remedy: 'change it with `ansible-vault edit`',
  },
  {
    sign: /^(?:age-encryption\.org\/|-----BEGIN AGE ENCRYPTED FILE-----)/,
    what: 'it is encrypted with age',
    remedy: 'decrypt it, hand off the key to the decrypted file, and encrypt that file again',
  },
  {
    sign: /^\s*-----BEGIN PGP MESSAGE-----/,
    what: 'it is encrypted with OpenPGP',
    remedy: 'decrypt it, hand off the key to the decrypted file, and encrypt that file again',
  },
  {
    sign: /^\0GITCRYPT\0/,
    what: 'it is encrypted with git-crypt and locked',
    remedy: 'run `git-crypt unlock`, then try again',
  },
];

/**
 * Throws `file-unwritable`, with the tool that changes it, for a file that is encrypted as a whole or under a checksum. `text` has one
 * character a byte.
 */
export function assertNotEncrypted(text: string, file: string): void {
  const tool = tools.find(({ sign }) => sign.test(text));
  if (tool) throw unclear(file, tool.what, tool.remedy);
}
