import type { HandoffTarget } from '#contract/handoff';

type Kind = HandoffTarget['kind'];

interface KindWords {
  readonly name: string;
  /** What Keel does there. */
  readonly about: string;
  /** What the button that writes says. */
  readonly write: string;
}

/** The kinds of places that an application reads its key from, in the order in which they are offered. */
export const targetKinds: Readonly<Record<Kind, KindWords>> = {
  'env-file': {
    name: '.env file',
    about: 'Only the value changes. The file is replaced atomically.',
    write: 'Write the key to the file',
  },
  'compose-file': {
    name: 'Compose file',
    about: 'Every service that sets the key gets the new one. Comments and order are kept.',
    write: 'Write the key to the file',
  },
  'kubernetes-secret': {
    name: 'Kubernetes Secret (manifest)',
    about:
      'The value in data, stringData or a generator’s literals changes. Comments are kept. Apply the manifest afterwards.',
    write: 'Write the key to the file',
  },
  'systemd-unit': {
    name: 'systemd unit or Quadlet',
    about: 'A unit, a drop-in or a Quadlet whose Environment= sets the key. Nothing else in it changes.',
    write: 'Write the key to the file',
  },
  'key-file': {
    name: 'File with only the key',
    about: 'A Docker Compose file secret, or LoadCredential= in systemd.',
    write: 'Write the key to the file',
  },
  'docker-secret': {
    name: 'Docker secret (Swarm)',
    about: 'Secrets cannot be changed, so Keel creates a new one, named after the key’s fingerprint.',
    write: 'Create the secret',
  },
  'podman-secret': {
    name: 'Podman secret',
    about: 'Secrets cannot be changed, so Keel creates a new one, named after the key’s fingerprint.',
    write: 'Create the secret',
  },
  'systemd-credential': {
    name: 'systemd credential (encrypted)',
    about: 'Encrypted with systemd-creds for this machine, for LoadCredentialEncrypted=.',
    write: 'Encrypt the key into the file',
  },
  vault: {
    name: 'Vault or OpenBao',
    about: 'A KV engine, version 1 or 2. Its other fields are written back as they were.',
    write: 'Write the key to Vault',
  },
  'yaml-value': {
    name: 'Value of a YAML or JSON file (Helm)',
    about: 'Helm values, Ansible variables or application settings. Only this value changes.',
    write: 'Write the key to the file',
  },
  'sops-file': {
    name: 'SOPS file',
    about: 'The sops CLI sets the value. The other values are compared afterwards.',
    write: 'Encrypt the key into the file',
  },
  'aws-secret': {
    name: 'AWS Secrets Manager',
    about: 'Through the aws CLI, with your login. The rest of the secret stays exactly as it is.',
    write: 'Write the new value',
  },
  'gcp-secret': {
    name: 'Google Secret Manager',
    about: 'Through the gcloud CLI, with your login. The secret gets a new version.',
    write: 'Add the version',
  },
  'azure-secret': {
    name: 'Azure Key Vault',
    about:
      'Through the az CLI, with your login. The secret gets a new version that keeps its tags and dates.',
    write: 'Set the new value',
  },
  'one-password': {
    name: '1Password',
    about: 'Through the op CLI, with your login. The item’s other fields are compared afterwards.',
    write: 'Write the key to the item',
  },
};
