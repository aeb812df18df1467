import { basename, dirname } from 'node:path';
import type { HandoffTarget, RestartAdvice } from '#contract/handoff';
import { secretName } from './container-secret.ts';
import { shellWord } from '#shared/shell-word';

/**
 * What makes an application read its key anew from a target that was given key `fingerprint`. Keel does not run it: it cannot restart
 * what it does not know, and a mere restart keeps the old key in most of these.
 */
export function restartAdvice(target: HandoffTarget, fingerprint: string): RestartAdvice {
  switch (target.kind) {
    case 'env-file':
      return {
        command: 'docker compose up -d',
        note:
          'Run it in the compose file’s folder: it recreates the container, which a restart does not. A container started with ' +
          '`docker run --env-file` has to be removed and run again; a systemd service needs `systemctl restart`.',
      };
    case 'compose-file':
      return {
        command: /^(?:docker-)?compose\.ya?ml$/.test(basename(target.path))
          ? `cd ${shellWord(dirname(target.path))} && docker compose up -d`
          : `docker compose -f ${shellWord(target.path)} up -d`,
        note: 'This recreates the containers, including any override file. “docker compose restart” would keep the old environment.',
      };
    case 'key-file':
      return {
        command: 'docker compose up -d --force-recreate',
        note: 'Or `systemctl restart`, if systemd loads the file with LoadCredential=.',
      };
    case 'kubernetes-secret':
      return kubernetesAdvice(target.path, target.namespace);
    case 'systemd-unit':
      return {
        command: `sudo systemctl daemon-reload && sudo systemctl restart ${shellWord(unitOf(target.path))}`,
        note: 'Without daemon-reload, systemd starts it with the old key.',
      };
    case 'docker-secret':
      return {
        command: `docker service update --secret-rm OLD --secret-add source=${secretName(target, fingerprint)},target=ENCRYPTION_KEY ballast`,
        note: 'The secret has a new name. OLD is the one that the service uses now.',
      };
    case 'podman-secret':
      return {
        command: `podman run --replace --secret ${secretName(target, fingerprint)},type=env,target=ENCRYPTION_KEY …`,
        note: 'The secret has a new name: pass it to the container with its other options, or change Secret= in its Quadlet.',
      };
    case 'systemd-credential':
      return {
        command: 'sudo systemctl restart ballast',
        note: 'LoadCredentialEncrypted= has to point to this file.',
      };
    case 'vault':
      return {
        command: 'kubectl rollout restart deployment/ballast',
        note: 'Or whatever delivers the secret to the application: an agent, an operator or a template. It may have to fetch it first.',
      };
    case 'yaml-value':
      return {
        command: `helm upgrade ballast CHART --values ${shellWord(target.path)}`,
        note: 'Use your release and chart. Pods read environment variables only when they start: run `kubectl rollout restart` unless the chart does it. Restart any other program that reads this file.',
      };
    case 'sops-file':
      return {
        command: `git commit --message 'Hand over the new key' -- ${shellWord(target.path)}`,
        note: 'Then let whatever decrypts it (Flux, helm-secrets, a script) deploy it, and restart the application.',
      };
    case 'aws-secret':
      return {
        command: 'aws ecs update-service --service ballast --force-new-deployment',
        note: 'On Kubernetes, wait for the operator to fetch it, then run `kubectl rollout restart`. The previous version remains as AWSPREVIOUS.',
      };
    case 'gcp-secret':
      return {
        command: `gcloud run services update ballast --update-secrets ${shellWord(`ENCRYPTION_KEY=${target.name}:latest`)}`,
        note: 'Anything pinned to a version instead of `latest` keeps the old key: point it to the new version. The previous version stays enabled.',
      };
    case 'azure-secret':
      return {
        command: 'az containerapp revision restart --name ballast',
        note: 'Use your resource group and revision; for App Service run `az webapp restart`. Anything pinned to a version keeps the old key.',
      };
    case 'one-password':
      return {
        command: 'kubectl rollout restart deployment/ballast',
        note: 'Or restart whatever `op run` or `op inject` starts. An operator may have to fetch the item first.',
      };
    default:
      return target satisfies never;
  }
}

function kubernetesAdvice(path: string, namespace: string | undefined): RestartAdvice {
  const inNamespace = namespace === undefined ? '' : ` --namespace ${namespace}`;
  const isKustomization = /^kustomization(?:\.ya?ml)?$/i.test(basename(path));
  return {
    command: isKustomization
      ? `kubectl apply -k ${shellWord(dirname(path))}`
      : `kubectl apply -f ${shellWord(path)} && kubectl rollout restart${inNamespace} deployment/ballast`,
    note: isKustomization
      ? 'The generated Secret gets a new name, so the pods are recreated. With disableNameSuffixHash, they need `kubectl rollout restart`.'
      : 'Pods with a Secret in their environment read it only when they start.',
  };
}

/** The unit that a file configures: itself, that of a drop-in's folder, or the one that a Quadlet becomes. */
function unitOf(path: string): string {
  const folder = basename(dirname(path));
  const name = folder.endsWith('.d') ? folder.slice(0, -'.d'.length) : basename(path);
  return name.replace(/\.(?:container|pod|kube)$/, '.service');
}
