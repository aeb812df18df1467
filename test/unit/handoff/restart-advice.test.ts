import { describe, expect, test } from 'vitest';
import { type HandoffTarget, restartAdvice as form } from '#contract/handoff';
import { expectedKey } from '#handoff/expected-key';
import { restartAdvice } from '#handoff/restart-advice';
import { describeTarget, planHandoff } from '#handoff/target';
import { isText } from '#handoff/text-target';
import { newKey } from './keys.ts';

const variable = 'ENCRYPTION_KEY';
const fingerprint = '8cae-a7a9-782e-a0a5';
const targets: readonly (readonly [target: HandoffTarget, where: string, command: string])[] = [
  [{ kind: 'env-file', path: '/srv/.env', variable }, '/srv/.env', 'docker compose up -d'],
  [
    { kind: 'compose-file', path: '/srv/it/compose.yaml', variable },
    '/srv/it/compose.yaml',
    'cd /srv/it && docker compose up -d',
  ],
  [
    { kind: 'compose-file', path: '/srv/my app/docker-compose.yml', variable, service: 'api' },
    '/srv/my app/docker-compose.yml, service api',
    `cd '/srv/my app' && docker compose up -d`,
  ],
  [
    { kind: 'compose-file', path: '/srv/prod.compose.yaml', variable },
    '/srv/prod.compose.yaml',
    'docker compose -f /srv/prod.compose.yaml up -d',
  ],
  [{ kind: 'key-file', path: '/run/key' }, '/run/key', 'docker compose up -d --force-recreate'],
  [
    { kind: 'kubernetes-secret', path: '/k/secret.yaml', variable },
    '/k/secret.yaml',
    'kubectl apply -f /k/secret.yaml && kubectl rollout restart deployment/ballast',
  ],
  [
    { kind: 'kubernetes-secret', path: '/k/secret.yaml', variable, name: 'keys', namespace: 'prod' },
    '/k/secret.yaml, Secret prod/keys',
    'kubectl apply -f /k/secret.yaml && kubectl rollout restart --namespace prod deployment/ballast',
  ],
  [
    { kind: 'kubernetes-secret', path: '/k/Kustomization', variable, name: 'keys' },
    '/k/Kustomization, Secret keys',
    'kubectl apply -k /k',
  ],
  [
    { kind: 'kubernetes-secret', path: '/k/kustomization.yaml', variable },
    '/k/kustomization.yaml',
    'kubectl apply -k /k',
  ],
  [
    { kind: 'systemd-unit', path: '/etc/systemd/system/ballast.service', variable },
    '/etc/systemd/system/ballast.service',
    'sudo systemctl daemon-reload && sudo systemctl restart ballast.service',
  ],
  [
    { kind: 'systemd-unit', path: '/etc/systemd/system/ballast.service.d/key.conf', variable },
    '/etc/systemd/system/ballast.service.d/key.conf',
    'sudo systemctl daemon-reload && sudo systemctl restart ballast.service',
  ],
  [
    { kind: 'systemd-unit', path: '/etc/containers/systemd/ballast.container', variable },
    '/etc/containers/systemd/ballast.container',
    'sudo systemctl daemon-reload && sudo systemctl restart ballast.service',
  ],
  [
    { kind: 'docker-secret', name: 'key' },
    'docker secret key',
    'docker service update --secret-rm OLD --secret-add source=key_8caea7a9,target=ENCRYPTION_KEY ballast',
  ],
  [
    { kind: 'podman-secret', name: 'key' },
    'podman secret key',
    'podman run --replace --secret key_8caea7a9,type=env,target=ENCRYPTION_KEY …',
  ],
  [
    { kind: 'systemd-credential', path: '/etc/key.cred', name: 'key' },
    '/etc/key.cred',
    'sudo systemctl restart ballast',
  ],
  [
    { kind: 'vault', address: 'https://vault', mount: 'kv', path: 'ballast', field: 'key' },
    'kv/ballast at https://vault',
    'kubectl rollout restart deployment/ballast',
  ],
  [
    { kind: 'yaml-value', path: '/h/values.yaml', at: ['api', 'key'] },
    '/h/values.yaml, api.key',
    'helm upgrade ballast CHART --values /h/values.yaml',
  ],
  [
    { kind: 'sops-file', path: '/h/secrets.yaml', at: ['key'] },
    '/h/secrets.yaml, key',
    `git commit --message 'Hand over the new key' -- /h/secrets.yaml`,
  ],
  [
    { kind: 'aws-secret', id: 'ballast/key', field: 'key' },
    'AWS secret ballast/key, key',
    'aws ecs update-service --service ballast --force-new-deployment',
  ],
  [
    { kind: 'gcp-secret', name: 'key' },
    'Google secret key',
    'gcloud run services update ballast --update-secrets ENCRYPTION_KEY=key:latest',
  ],
  [
    { kind: 'azure-secret', vault: 'safe', name: 'key' },
    'Azure secret safe/key',
    'az containerapp revision restart --name ballast',
  ],
  [
    { kind: 'one-password', vault: 'Ops', item: 'Ballast', field: 'key' },
    'op://Ops/Ballast/key',
    'kubectl rollout restart deployment/ballast',
  ],
];

describe('a place', () => {
  test.each(targets)(
    '%o is called by where it is, and has its own way to a restart',
    (target, where, command) => {
      const advice = restartAdvice(target, fingerprint);
      expect(form.safeParse(advice).success).toBe(true);
      expect({ where: describeTarget(target), command: advice.command }).toEqual({ where, command });
      expect(advice.note).toMatch(/^[A-Z].*\.$/);
    },
  );

  test('of a generator is told of its new name, and a plain manifest of what pods read', () => {
    const note = (path: string) =>
      restartAdvice({ kind: 'kubernetes-secret', path, variable }, fingerprint).note;
    expect(note('/k/kustomization.yml')).toContain('gets a new name');
    expect(note('/k/my-kustomization.yml')).toContain('only when they start');
  });

  test('that is text is one that Keel reads itself', () => {
    expect(targets.filter(([target]) => isText(target)).map(([{ kind }]) => kind)).toEqual([
      'env-file',
      'compose-file',
      'compose-file',
      'compose-file',
      'key-file',
      'kubernetes-secret',
      'kubernetes-secret',
      'kubernetes-secret',
      'kubernetes-secret',
      'systemd-unit',
      'systemd-unit',
      'systemd-unit',
      'yaml-value',
    ]);
  });

  test('in a Vault is not asked without a token', async () => {
    const vault = targets.find(([{ kind }]) => kind === 'vault')?.[0] as HandoffTarget;
    await expect(planHandoff(vault, newKey)).rejects.toMatchObject({ code: 'password-missing' });
  });
});

describe('the key that a place has to hold before it gets the active one', () => {
  const keys = [
    { fingerprint: 'first', state: 'retired' },
    { fingerprint: 'second', state: 'retired' },
    { fingerprint: 'active', state: 'active' },
    { fingerprint: 'next', state: 'pending' },
    { fingerprint: 'gone', state: 'destroyed' },
  ];

  test.each([
    ['first', 'first'],
    ['second', 'second'],
    ['active', 'active'],
    ['next', 'second'],
    ['gone', 'second'],
    ['stranger', 'second'],
    [undefined, 'second'],
  ])('where it holds %s is %s', (holds, expected) => {
    expect(expectedKey(keys, holds, 'active')).toBe(expected);
  });

  test('is the active one where none was before it', () => {
    expect(expectedKey(keys.slice(2), 'stranger', 'active')).toBe('active');
  });
});
