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
    what: 'it is encrypted by SOPS, whose checksum a change from outside would break',
    remedy: 'hand the key to it as a file of SOPS, or change it with `sops edit`',
  },
  {
    sign: /^\$ANSIBLE_VAULT;/,
    what: 'it is encrypted by Ansible Vault',
    remedy: 'change it with `ansible-vault edit`',
  },
  {
    sign: /^(?:age-encryption\.org\/|-----BEGIN AGE ENCRYPTED FILE-----)/,
    what: 'it is encrypted by age',
    remedy: 'decrypt it, hand the key to the decrypted file, and encrypt that again',
  },
  {
    sign: /^\s*-----BEGIN PGP MESSAGE-----/,
    what: 'it is encrypted by OpenPGP',
    remedy: 'decrypt it, hand the key to the decrypted file, and encrypt that again',
  },
  {
    sign: /^\0GITCRYPT\0/,
    what: 'it is encrypted by git-crypt, and locked',
    remedy: 'run `git-crypt unlock`, then start again',
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
