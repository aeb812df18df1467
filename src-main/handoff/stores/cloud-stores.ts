import type { HandoffTarget } from '#contract/handoff';
import { unclear } from '#handoff/unclear';
import { JsonText } from '#handoff/vault/json-text';
import { ask, inputAsFile, refusedBy, type SecretStore, type StoreProgram, textOf } from './secret-store.ts';

type Target<Kind extends HandoffTarget['kind']> = Extract<HandoffTarget, { kind: Kind }>;

const aws: StoreProgram = {
  name: 'aws',
  variables: /^AWS_/,
  remedy: 'log in with `aws sso login`, or specify a profile and region that can read and write this secret',
};

/** A secret of AWS Secrets Manager (AWS CLI, `secretsmanager get-secret-value`, `put-secret-value`). */
export function awsSecret({ id, region, profile }: Target<'aws-secret'>): SecretStore {
  const where = `AWS secret ${id}`;
  const common = [
    ...['--secret-id', id, '--output', 'json'],
    ...(region === undefined ? [] : ['--region', region]),
    ...(profile === undefined ? [] : ['--profile', profile]),
  ];
  return {
    where,
    async read() {
      const answer = await ask(aws, ['secretsmanager', 'get-secret-value', ...common]);
      if (answer.wrote(/ResourceNotFoundException/)) return undefined;
      if (answer.status !== 0) throw refusedBy(aws, where, answer);
      const text = new JsonText(textOf(answer)).scalarAt('SecretString');
      if (typeof text === 'string') return text;
      throw unclear(where, 'its value is binary', 'store the key in a text secret');
    },
    async write(text) {
      const value = ['--secret-string', `file://${inputAsFile(where)}`];
      const answer = await ask(aws, ['secretsmanager', 'put-secret-value', ...common, ...value], text);
      if (answer.status !== 0) throw refusedBy(aws, where, answer);
      answer.stdout.fill(0);
    },
  };
}

const gcloud: StoreProgram = {
  name: 'gcloud',
  variables: /^(?:CLOUDSDK_|GOOGLE_)/,
  remedy:
    'log in with `gcloud auth login` as an account that can read and add versions of this secret, and specify its project',
};

/** A secret of Google Secret Manager, of which the latest version counts (gcloud, `secrets versions access`, `secrets versions add`). */
export function gcpSecret({ name, project }: Target<'gcp-secret'>): SecretStore {
  const where = `Google secret ${project === undefined ? '' : `${project}/`}${name}`;
  const common = [...(project === undefined ? [] : [`--project=${project}`]), '--quiet'];
  return {
    where,
    async read() {
      // in base64 of URLs, since the text itself comes without anything that tells its end
      const args = ['secrets', 'versions', 'access', 'latest', `--secret=${name}`, ...common];
      const answer = await ask(gcloud, [...args, '--format=get(payload.data)']);
      if (answer.wrote(/NOT_FOUND/)) return undefined;
      if (answer.status !== 0) throw refusedBy(gcloud, where, answer);
      return Buffer.from(textOf(answer).trim(), 'base64url').toString('utf8');
    },
    async write(text) {
      const args = ['secrets', 'versions', 'add', name, '--data-file=-', ...common];
      const answer = await ask(gcloud, args, text);
      if (answer.status !== 0) throw refusedBy(gcloud, where, answer);
    },
  };
}
