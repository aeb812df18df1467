import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { overridersOf, type SettingPlace } from '#handoff/overriding/overriders';
import { old, oldKey, newKey } from '../keys.ts';
import { test } from './files.ts';

const secret = (value: string, name = 'ballast') =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\nstringData:\n  ENCRYPTION_KEY: "${value}"\n`;
const generated = (value: string, more = '') =>
  `secretGenerator:\n- name: ballast\n${more}  literals:\n  - ENCRYPTION_KEY=${value}\n`;
const deployment =
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ballast}\nspec:\n  template:\n    spec:\n      containers:\n      - name: app\n';

const placeIn = (folder: string, name: string): SettingPlace => ({
  kind: 'kubernetes-secret',
  path: join(folder, name),
  variable: 'ENCRYPTION_KEY',
});

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

/** Whether the old key is in what kustomize makes of a folder; undefined where kubectl is missing. */
function givesOldKey(folder: string): boolean | undefined {
  if (!hasKubectl) return undefined;
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return stdout.includes(old) || stdout.includes(Buffer.from(old).toString('base64'));
}

describe('a patch of kustomize that sets the variable counts more than the Secret', () => {
  test.for<[name: string, place: string, texts: Record<string, string>, where: string]>([
    [
      'in the kustomization',
      'kustomization.yaml',
      {
        'kustomization.yaml': `${generated('@NEW')}patches:\n- target: {kind: Secret}\n  patch: |\n${secret('@OLD').replace(/^/gm, '    ')}\n`,
      },
      'kustomization.yaml, patches',
    ],
    [
      'in a file of its own, beside the manifest',
      'secret.yaml',
      {
        'secret.yaml': secret('@NEW'),
        'kustomization.yaml': 'resources: [secret.yaml]\npatches:\n- path: patch.yaml\n',
        'patch.yaml': secret('@OLD'),
      },
      'patch.yaml',
    ],
    [
      'by patchesStrategicMerge',
      'secret.yaml',
      {
        'secret.yaml': secret('@NEW'),
        'kustomization.yml': 'resources: [./secret.yaml]\npatchesStrategicMerge: [patch.yaml]\n',
        'patch.yaml': secret('@OLD'),
      },
      'patch.yaml',
    ],
    [
      'by operations on JSON',
      'secret.yaml',
      {
        'secret.yaml': secret('@NEW'),
        'kustomization.yaml':
          'resources: [secret.yaml]\npatches:\n- target: {kind: Secret, name: ballast}\n  patch: |-\n    - {op: replace, path: /stringData/ENCRYPTION_KEY, value: "@OLD"}\n',
      },
      'kustomization.yaml, patches',
    ],
    [
      'of an overlay',
      'base/secret.yaml',
      {
        'base/secret.yaml': secret('@NEW'),
        'base/kustomization.yaml': 'resources: [secret.yaml]\n',
        'overlays/prod/kustomization.yaml': 'resources: [../../base]\npatches: [{path: key.yaml}]\n',
        'overlays/prod/key.yaml': secret('@OLD'),
      },
      'overlays/prod/key.yaml',
    ],
    [
      'of a workload, whose own variable counts more than those of a Secret',
      'secret.yaml',
      {
        'secret.yaml': secret('@NEW'),
        'deployment.yaml': deployment,
        'kustomization.yaml': 'resources: [secret.yaml, deployment.yaml]\npatches: [{path: env.yaml}]\n',
        'env.yaml': `${deployment}        env: [{name: ENCRYPTION_KEY, value: "@OLD"}]\n`,
      },
      'env.yaml',
    ],
    [
      'by a generator of an overlay that merges',
      'base/kustomization.yaml',
      {
        'base/kustomization.yaml': generated('@NEW'),
        'overlays/prod/kustomization.yaml': `resources: [../../base]\n${generated('@OLD', '  behavior: merge\n')}`,
      },
      'overlays/prod/kustomization.yaml, secretGenerator',
    ],
    [
      'by an environment file of such a generator',
      'base/kustomization.yaml',
      {
        'base/kustomization.yaml': generated('@NEW'),
        'prod/kustomization.yaml':
          'resources: [../base]\nsecretGenerator: [{name: ballast, behavior: merge, envs: [prod.env]}]\n',
        'prod/prod.env': 'ENCRYPTION_KEY=@OLD\n',
      },
      'prod/prod.env',
    ],
  ])('%s', async ([, place, texts, where], { folder, files }) => {
    await files(Object.fromEntries(Object.entries(texts).map(([name, text]) => [join('k', name), text])));
    const root = join(folder, 'k');
    const last = Object.keys(texts).findLast((name) => /kustomization/.test(name)) ?? '';
    expect(givesOldKey(dirname(join(root, last)))).not.toBe(false);
    expect(await overridersOf(placeIn(root, place), newKey)).toEqual([
      { where: join(root, where), holds: oldKey.fingerprint },
    ]);
  });

  test('and one that removes it leaves the application without it', async ({ folder, files }) => {
    await files({
      'secret.yaml': secret('@NEW'),
      'kustomization.yaml':
        'resources: [secret.yaml]\npatches:\n- target: {kind: Secret}\n  patch: |-\n    - {op: remove, path: /stringData/ENCRYPTION_KEY}\n',
    });
    expect(await overridersOf(placeIn(folder, 'secret.yaml'), newKey)).toEqual([
      { where: `${join(folder, 'kustomization.yaml')}, patches`, removes: true },
    ]);
  });

  test.for<[name: string, texts: Record<string, string>]>([
    [
      'for another Secret',
      {
        'kustomization.yaml': 'resources: [secret.yaml]\npatches: [{path: patch.yaml}]\n',
        'patch.yaml': secret('@OLD', 'other'),
      },
    ],
    [
      'of a kustomization that does not read the manifest',
      {
        'kustomization.yaml': 'resources: [other.yaml]\npatches: [{path: patch.yaml}]\n',
        'patch.yaml': secret('@OLD'),
      },
    ],
    [
      'of another variable',
      {
        'kustomization.yaml': 'resources: [secret.yaml]\npatches: [{path: patch.yaml}]\n',
        'patch.yaml': secret('@OLD').replace('ENCRYPTION_KEY', 'OTHER_KEY'),
      },
    ],
    [
      'that refers to the Secret',
      {
        'kustomization.yaml': 'resources: [secret.yaml]\npatches: [{path: patch.yaml}]\n',
        'patch.yaml': `${deployment}        env: [{name: ENCRYPTION_KEY, valueFrom: {secretKeyRef: {name: ballast, key: ENCRYPTION_KEY}}}]\n`,
      },
    ],
    [
      'that cannot be read',
      { 'kustomization.yaml': 'resources: [secret.yaml]\npatches: [{path: no.yaml}]\n' },
    ],
    ['of kustomizations that name each other', { 'kustomization.yaml': 'resources: [., ../x]\n' }],
  ])('but not one %s', async ([, texts], { folder, files }) => {
    await files({ 'secret.yaml': secret('@NEW'), ...texts });
    expect(await overridersOf(placeIn(folder, 'secret.yaml'), newKey)).toEqual([]);
  });
});
