import { unclear } from './unclear.ts';

/** A value that stands for one that is kept elsewhere, by the program that puts it in its place. */
const references: readonly { readonly sign: RegExp; readonly keeper: string }[] = [
  { sign: /^op:\/\//, keeper: '1Password (`op run`, `op inject`)' },
  {
    sign: /^encrypted:/,
    keeper: 'dotenvx, which keeps values encrypted in the file: change it with `dotenvx set`',
  },
  { sign: /^ENC\[/, keeper: 'eyaml or SOPS, which keep values encrypted in the file' },
  {
    sign: /^\$ANSIBLE_VAULT;/,
    keeper:
      'Ansible Vault, which keeps values encrypted in the file: change it with `ansible-vault encrypt_string`',
  },
  { sign: /^(?:vault:|ref\+)/, keeper: 'a program that fetches the value when the application starts' },
  { sign: /^<(?:path|.*#)/, keeper: 'the Vault plugin of Argo CD' },
  { sign: /^\{\{.*\}\}$/s, keeper: 'a template' },
  { sign: /^[a-z][a-z0-9+.-]*:\/\//i, keeper: 'the store that its URL refers to' },
];

/** Throws `file-unwritable` where a value is a reference: the key written in its place would stand there in clear, beside the one that is kept. */
export function assertNoReference(value: string, file: string, line: number): void {
  const reference = references.find(({ sign }) => sign.test(value.trim()));
  if (!reference) return;
  throw unclear(
    file,
    `the value on line ${line} is a reference to a value stored elsewhere: ${reference.keeper}`,
    'hand off the key to the place that the reference points to',
  );
}
