import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { overridersOf, type SettingPlace } from '#handoff/overriding/overriders';
import { newKey, oldKey } from '../keys.ts';
import { test } from './files.ts';

const variable = 'ENCRYPTION_KEY';

describe('what sets the variable and counts more than a .env', () => {
  const envIn = (folder: string, name = '.env'): SettingPlace => ({
    kind: 'env-file',
    path: join(folder, name),
    variable,
  });

  test.for([
    ['as a map', 'environment:\n      ENCRYPTION_KEY: "@OLD"'],
    ['as a list', 'environment:\n      - ENCRYPTION_KEY=@OLD'],
    ['by a merged anchor', 'environment:\n      <<: *shared'],
  ])('is environment of a service that reads it: %s', async ([, environment], { folder, files }) => {
    await files({
      '.env': 'ENCRYPTION_KEY=@NEW\n',
      'docker-compose.yml': `x-a: &shared\n  ENCRYPTION_KEY: "@OLD"\nservices:\n  api:\n    env_file: .env\n    ${environment}\n`,
    });
    expect(await overridersOf(envIn(folder), newKey)).toEqual([
      { where: `${join(folder, 'docker-compose.yml')}, service api`, holds: oldKey.fingerprint },
    ]);
  });

  test('is a later env_file, and not an earlier one', async ({ folder, files }) => {
    await files({
      '.env': 'ENCRYPTION_KEY=@NEW\n',
      'earlier.env': 'ENCRYPTION_KEY=@OLD\n',
      'later.env': 'OTHER=1\nexport ENCRYPTION_KEY="@OLD"\n',
      'last.env': 'OTHER=2\n',
      'compose.yaml':
        'services:\n  api:\n    env_file:\n      - earlier.env\n      - ./.env\n      - path: later.env\n        required: true\n      - last.env\n',
    });
    expect(await overridersOf(envIn(folder), newKey)).toEqual([
      { where: join(folder, 'later.env'), holds: oldKey.fingerprint },
    ]);
  });

  test('is the .env of the project, where environment takes the value from there', async ({
    folder,
    files,
  }) => {
    await files({
      '.env': 'ENCRYPTION_KEY=@OLD\n',
      'app.env': 'ENCRYPTION_KEY=@NEW\n',
      'compose.yaml':
        'services:\n  api:\n    env_file: app.env\n    environment:\n      ENCRYPTION_KEY: ${ENCRYPTION_KEY}\n',
    });
    expect(await overridersOf(envIn(folder, 'app.env'), newKey)).toEqual([
      { where: join(folder, '.env'), holds: oldKey.fingerprint },
    ]);
    expect(await overridersOf(envIn(folder), newKey)).toEqual([]);
  });

  test('is not the .env of the project where that is the place itself', async ({ folder, files }) => {
    await files({
      '.env': 'ENCRYPTION_KEY=@OLD\n',
      'compose.yaml':
        'services:\n  api:\n    env_file: .env\n    environment:\n      ENCRYPTION_KEY: ${ENCRYPTION_KEY}\n',
    });
    expect(await overridersOf(envIn(folder), newKey)).toEqual([]);
  });

  test('is a literal or another variable of a service, where no service takes it from the .env of the project', async ({
    folder,
    files,
  }) => {
    const service = (value: string) =>
      `services:\n  api:\n    environment:\n      ENCRYPTION_KEY: ${value}\n`;
    const where = `${join(folder, 'compose.yaml')}, service api`;
    await files({ '.env': 'APP_KEY=@OLD\nENCRYPTION_KEY=@NEW\n', 'compose.yaml': service('"@OLD"') });
    expect(await overridersOf(envIn(folder), newKey)).toEqual([{ where, holds: oldKey.fingerprint }]);
    await files({ 'compose.yaml': service('${APP_KEY:?missing}') });
    expect(await overridersOf(envIn(folder), newKey)).toEqual([{ where, holds: oldKey.fingerprint }]);
    await files({ 'compose.yaml': service('${OTHER:-@OLD}') });
    expect(await overridersOf(envIn(folder), newKey)).toEqual([{ where, holds: oldKey.fingerprint }]);
    await files({ 'compose.yaml': service('${ENCRYPTION_KEY:-@OLD}') });
    expect(await overridersOf(envIn(folder), newKey)).toEqual([]);
  });

  test.for<[string, Record<string, string>]>([
    [
      'of an override file',
      {
        'compose.yaml': 'services:\n  api:\n    env_file: [a.env]\n',
        'compose.override.yaml': 'services:\n  api:\n    env_file: [b.env]\n',
      },
    ],
    [
      'of the folder above',
      { '../compose.yaml': 'services:\n  api:\n    env_file: [inner/a.env, inner/b.env]\n' },
    ],
    [
      'of COMPOSE_FILE',
      {
        '.env': 'COMPOSE_FILE=base.yml:prod.yml\n',
        'base.yml': 'services:\n  api:\n    env_file: [a.env]\n',
        'prod.yml': 'services:\n  api:\n    env_file: [b.env]\n',
      },
    ],
    [
      'of a service that extends another',
      {
        'compose.yaml':
          'services:\n  api:\n    extends: {file: base/common.yaml, service: web}\n    env_file: b.env\n',
        'base/common.yaml': 'services:\n  web:\n    env_file: ../a.env\n',
      },
    ],
  ])('is a later env_file %s', async ([, texts], { folder, files }) => {
    const inner = (name: string) => join('inner', name);
    const moved = Object.entries(texts).map(([name, text]) => [inner(name), text] as const);
    await files({
      [inner('a.env')]: 'ENCRYPTION_KEY=@NEW\n',
      [inner('b.env')]: 'ENCRYPTION_KEY=@OLD\n',
      ...Object.fromEntries(moved),
    });
    expect(await overridersOf(envIn(join(folder, 'inner'), 'a.env'), newKey)).toEqual([
      { where: join(folder, inner('b.env')), holds: oldKey.fingerprint },
    ]);
  });

  test('is nothing where no service reads it, or none sets it again', async ({ folder, files }) => {
    await files({
      '.env': 'ENCRYPTION_KEY=@NEW\n',
      'compose.yaml':
        'services:\n  other:\n    environment:\n      ENCRYPTION_KEY: "@OLD"\n  api:\n    env_file: .env\n    environment:\n      PORT: "1"\n',
      'compose.override.yaml': 'not: [valid\n',
    });
    expect(await overridersOf(envIn(folder), newKey)).toEqual([]);
  });
});

describe('what counts more than a compose file', () => {
  const composeIn = (folder: string, name = 'compose.yaml'): SettingPlace => ({
    kind: 'compose-file',
    path: join(folder, name),
    variable,
  });
  const setting = 'services:\n  api:\n    environment:\n      ENCRYPTION_KEY: "@NEW"\n';

  test('is an override file beside it, for the same service', async ({ folder, files }) => {
    await files({
      'compose.yaml': setting,
      'compose.override.yaml': setting.replace('@NEW', '@OLD'),
      'docker-compose.override.yml': setting.replace('api:', 'other:'),
    });
    expect(await overridersOf(composeIn(folder), newKey)).toEqual([
      { where: `${join(folder, 'compose.override.yaml')}, service api`, holds: oldKey.fingerprint },
    ]);
  });

  test.for<[string, string, Record<string, string>]>([
    ['a later file of COMPOSE_FILE', 'base.yml', { '.env': 'COMPOSE_FILE=base.yml:last.yml\n' }],
    ['the file of another usual name, which is read instead', 'docker-compose.yml', { 'last.yml': '' }],
    [
      'a service that extends the one in it',
      'common.yml',
      {
        'last.yml': '',
        'compose.yaml':
          'services:\n  api:\n    extends: {file: common.yml, service: api}\n    environment: ["ENCRYPTION_KEY=@OLD"]\n',
      },
    ],
    [
      'a file that is included with it',
      'part.yml',
      { 'compose.yaml': 'include:\n  - path: [part.yml, last.yml]\n' },
    ],
  ])('is %s', async ([, name, texts], { folder, files }) => {
    const overriding = setting.replace('@NEW', '@OLD');
    const usual: Record<string, string> = name === 'docker-compose.yml' ? { 'compose.yaml': overriding } : {};
    await files({ [name]: setting, 'last.yml': overriding, ...usual, ...texts });
    const file = texts['last.yml'] === undefined ? 'last.yml' : 'compose.yaml';
    expect(await overridersOf(composeIn(folder, name), newKey)).toEqual([
      { where: `${join(folder, file)}, service api`, holds: oldKey.fingerprint },
    ]);
  });

  test('is nothing where the file has a name that is given by -f', async ({ folder, files }) => {
    await files({ 'prod.yaml': setting, 'compose.override.yaml': setting.replace('@NEW', '@OLD') });
    expect(await overridersOf(composeIn(folder, 'prod.yaml'), newKey)).toEqual([]);
  });
});

describe('what counts more than a unit of systemd', () => {
  const unitIn = (folder: string, name = 'ballast.service'): SettingPlace => ({
    kind: 'systemd-unit',
    path: join(folder, name),
    variable,
  });

  test('is the EnvironmentFile= of the unit, and a drop-in', async ({ folder, files }) => {
    await files({
      'ballast.service': `[Service]\nEnvironment=ENCRYPTION_KEY=@NEW\nEnvironmentFile=-${folder}/defaults\n`,
      defaults: 'ENCRYPTION_KEY=@OLD\n',
      'ballast.service.d/10-key.conf': '[Service]\nEnvironment="ENCRYPTION_KEY=@OLD"\n',
      'ballast.service.d/20-port.conf': '[Service]\nEnvironment=PORT=1\n',
    });
    expect(await overridersOf(unitIn(folder), newKey)).toEqual([
      { where: join(folder, 'ballast.service.d/10-key.conf'), holds: oldKey.fingerprint },
      { where: join(folder, 'defaults'), holds: oldKey.fingerprint },
    ]);
  });

  test('is a drop-in in another folder of the system, one of all services, and a unit that is read instead', async ({
    folder,
    files,
  }) => {
    const key = '[Service]\nEnvironment=ENCRYPTION_KEY=@OLD\n';
    const [etc, lib] = ['etc/systemd/system', 'usr/lib/systemd/system'];
    await files({
      [`${lib}/b.service`]: key.replace('@OLD', '@NEW'),
      [`${lib}/b.service.d/override.conf`]: key,
      [`${etc}/b.service.d/override.conf`]: key,
      [`${etc}/service.d/all.conf`]: key,
      [`${etc}/b.service`]: key,
    });
    const found = await overridersOf(unitIn(folder, `${lib}/b.service`), newKey);
    expect(found.map(({ where }) => where)).toEqual(
      ['b.service', 'service.d/all.conf', 'b.service.d/override.conf'].map((name) => join(folder, etc, name)),
    );
  });

  test('is each file that the pattern of EnvironmentFile= stands for', async ({ folder, files }) => {
    await files({
      'b.service': `[Service]\nEnvironment=ENCRYPTION_KEY=@NEW\nEnvironmentFile=${folder}/*.env\n`,
      'a.env': 'ENCRYPTION_KEY=@OLD\n',
      'a.environment': 'ENCRYPTION_KEY=@OLD\n',
    });
    expect(await overridersOf(unitIn(folder, 'b.service'), newKey)).toEqual([
      { where: join(folder, 'a.env'), holds: oldKey.fingerprint },
    ]);
  });

  test('of a drop-in is a later one alone', async ({ folder, files }) => {
    await files({
      'b.service.d/10-key.conf': '[Service]\nEnvironment=ENCRYPTION_KEY=@OLD\n',
      'b.service.d/20-key.conf': '[Service]\nEnvironment=ENCRYPTION_KEY=@NEW\n',
      'b.service.d/30-key.conf': '[Service]\nEnvironment=ENCRYPTION_KEY=@NEW\n',
    });
    expect(await overridersOf(unitIn(folder, 'b.service.d/20-key.conf'), newKey)).toEqual([
      { where: join(folder, 'b.service.d/30-key.conf'), holds: newKey.fingerprint },
    ]);
  });

  test('of a Quadlet is no EnvironmentFile=: Podman takes Environment= over it', async ({
    folder,
    files,
  }) => {
    await files({
      'ballast.container': `[Container]\nEnvironment=ENCRYPTION_KEY=@NEW\nEnvironmentFile=${folder}/defaults\n`,
      defaults: 'ENCRYPTION_KEY=@OLD\n',
    });
    expect(await overridersOf(unitIn(folder, 'ballast.container'), newKey)).toEqual([]);
  });
});
