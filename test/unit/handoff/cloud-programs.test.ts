import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, vi } from 'vitest';
import type { HandoffTarget } from '#contract/handoff';
import { applyHandoff, planHandoff, takeBackHandoff } from '#handoff/target';
import { isFullLength } from '#test/support/how-often';
import { lacking } from '#test/support/processes/other-programs';
import { test } from '#test/support/temp-folder';
import { fresh, newKey, old, oldKey } from './keys.ts';

// The real programs, where they are installed, against services that are played here.

type Answer = (request: IncomingMessage, body: string) => { status?: number; body: object };

/** A service on this machine, and every request body that it got. */
async function play(answer: Answer): Promise<{ server: Server; url: string }> {
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { status = 200, body } = answer(request, await text(request));
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function holds(target: HandoffTarget, now: () => string, json: (key: string) => string) {
  expect(await planHandoff(target, newKey)).toMatchObject({ holds: oldKey.fingerprint });
  expect(await applyHandoff(target, oldKey.fingerprint, newKey)).toMatchObject({ changed: true });
  expect(now()).toBe(json(fresh));
  await takeBackHandoff(target, { given: newKey.fingerprint, before: oldKey });
  expect(now()).toBe(json(old));
}

const json = (key: string) => `{"z": 1.0, "ENCRYPTION_KEY": "${key}", "id": 1048576012345678901}`;
const timeout = 300_000;
/** They take seconds for each of their many starts. */
const absent = (programs: Parameters<typeof lacking>[0]) =>
  isFullLength ? lacking(programs) : ' (skipped: KEEL_TEST_LENGTH is not full)';
const noAws = absent({ aws: ['aws', '--version'] });
const noGcloud = absent({ gcloud: ['gcloud', '--version'] });

test.skipIf(noAws !== '')(
  `aws puts the key into a secret and changes nothing else${noAws}`,
  {
    timeout,
  },
  async () => {
    let secret = json(old);
    const { server, url } = await play(({ headers }, body) => {
      const { SecretId, SecretString } = JSON.parse(body) as Record<string, string>;
      if (SecretId !== 'prod/ballast')
        return { status: 400, body: { __type: 'ResourceNotFoundException', Message: 'not there' } };
      const about = { Name: SecretId, VersionId: 'v'.repeat(32), VersionStages: ['AWSCURRENT'] };
      if (String(headers['x-amz-target']).endsWith('GetSecretValue'))
        return { body: { ...about, SecretString: secret } };
      secret = SecretString ?? '';
      return { body: about };
    });
    vi.stubEnv('AWS_ENDPOINT_URL', url);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    try {
      const target: Extract<HandoffTarget, { kind: 'aws-secret' }> = {
        kind: 'aws-secret',
        id: 'prod/ballast',
        field: 'ENCRYPTION_KEY',
        region: 'eu-west-1',
      };
      await holds(target, () => secret, json);
      await expect(planHandoff({ ...target, id: 'nowhere' }, newKey)).rejects.toMatchObject({
        message: expect.stringContaining('there is no secret at'),
      });
    } finally {
      vi.unstubAllEnvs();
      server.close();
    }
  },
);

test.skipIf(noGcloud !== '')(
  `gcloud adds a version with the key and changes nothing else${noGcloud}`,
  {
    timeout,
  },
  async ({ folder }) => {
    let data = Buffer.from(json(old)).toString('base64');
    const { server, url } = await play(({ method, url: path = '' }, body) => {
      if (!path.includes('/secrets/ballast'))
        return { status: 404, body: { error: { code: 404, message: 'not there', status: 'NOT_FOUND' } } };
      if (method === 'GET')
        return { body: { name: 'projects/1/secrets/ballast/versions/1', payload: { data } } };
      ({ data } = (JSON.parse(body) as { payload: { data: string } }).payload);
      return {
        body: { name: 'projects/1/secrets/ballast/versions/2', clientSpecifiedPayloadChecksum: true },
      };
    });
    vi.stubEnv('CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER', `${url}/`);
    vi.stubEnv('CLOUDSDK_AUTH_DISABLE_CREDENTIALS', 'true');
    vi.stubEnv('CLOUDSDK_CONFIG', folder);
    try {
      const target: Extract<HandoffTarget, { kind: 'gcp-secret' }> = {
        kind: 'gcp-secret',
        name: 'ballast',
        field: 'ENCRYPTION_KEY',
        project: 'acme',
      };
      await holds(target, () => Buffer.from(data, 'base64').toString(), json);
      await expect(planHandoff({ ...target, name: 'nowhere' }, newKey)).rejects.toMatchObject({
        message: expect.stringContaining('there is no secret at'),
      });
    } finally {
      vi.unstubAllEnvs();
      server.close();
    }
  },
);
