import type { HandoffTarget } from '#contract/handoff';

type Kind = HandoffTarget['kind'];

interface KindWords {
  readonly name: string;
  /** What Keel does there. */
  readonly about: string;
  /** What the button that writes says. */
  readonly write: string;
}

/** The kinds of places that Ballast reads its key from, in the order in which they are offered. */
export const targetKinds: Readonly<Record<Kind, KindWords>> = {
  'env-file': {
    name: '.env file',
    about: 'Nothing in it changes but the value. It is written as a whole or not at all.',
    write: 'Write the key to the file',
  },
  'compose-file': {
    name: 'Compose file',
    about: 'Every service that sets the key gets the new one; comments and order stay.',
    write: 'Write the key to the file',
  },
  'kubernetes-secret': {
    name: 'Kubernetes Secret (manifest)',
    about: 'The value in data or stringData changes; comments stay. Apply the manifest afterwards.',
    write: 'Write the key to the file',
  },
  'key-file': {
    name: 'File that is the key',
    about: 'A file secret of Docker Compose, or LoadCredential= of systemd.',
    write: 'Write the key to the file',
  },
  'docker-secret': {
    name: 'Docker secret (Swarm)',
    about: 'A secret cannot be changed, so the key gets a new one, named after its fingerprint.',
    write: 'Create the secret',
  },
  'podman-secret': {
    name: 'Podman secret',
    about: 'A secret cannot be changed, so the key gets a new one, named after its fingerprint.',
    write: 'Create the secret',
  },
  'systemd-credential': {
    name: 'systemd credential (sealed)',
    about: 'Sealed by systemd-creds to this machine, for LoadCredentialEncrypted=.',
    write: 'Seal the key into the file',
  },
  vault: {
    name: 'Vault or OpenBao',
    about: 'A new version of the secret, by check-and-set; its other fields stay.',
    write: 'Write the key to the Vault',
  },
};

export interface RestartAdvice {
  readonly command: string;
  readonly note: string;
}

const compose: RestartAdvice = {
  command: 'docker compose up -d',
  note: 'In the folder of the compose file. A mere restart keeps the old environment.',
};

/** How Ballast takes the key in from there: Keel does not restart what it does not run. The names are Ballast's usual ones. */
export function restartAdvice(target: HandoffTarget, fingerprint: string): RestartAdvice {
  switch (target.kind) {
    case 'env-file':
    case 'compose-file':
      return compose;
    case 'key-file':
      return {
        command: 'docker compose up -d --force-recreate',
        note: 'Or `systemctl restart ballast`, where systemd loads the file.',
      };
    case 'kubernetes-secret':
      return {
        command: 'kubectl apply -f SECRET.yaml && kubectl rollout restart deployment/ballast',
        note: 'With the manifest that was changed. Pods read a Secret in their environment only when they start.',
      };
    case 'docker-secret':
      return {
        command: `docker service update --secret-rm OLD --secret-add source=${secretOf(target.name, fingerprint)},target=ENCRYPTION_KEY ballast`,
        note: 'OLD is the secret that the service has now.',
      };
    case 'podman-secret':
      return {
        command: `podman run --replace --secret ${secretOf(target.name, fingerprint)},type=env,target=ENCRYPTION_KEY …`,
        note: 'With the other options of the container, or by name in its quadlet.',
      };
    case 'systemd-credential':
      return {
        command: 'sudo systemctl restart ballast',
        note: 'With LoadCredentialEncrypted= on this file.',
      };
    case 'vault':
      return {
        command: 'kubectl rollout restart deployment/ballast',
        note: 'Or whatever renders the secret for Ballast: an agent, an operator, a template.',
      };
  }
}

/** As the main process names the secret of a key. */
function secretOf(name: string, fingerprint: string): string {
  return `${name}_${fingerprint.slice(0, 9).replace('-', '')}`;
}
