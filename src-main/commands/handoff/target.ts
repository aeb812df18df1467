import { resolve } from 'node:path';
import { type Command, Option } from '@commander-js/extra-typings';
import { type HandoffTarget, handoffTarget } from '#contract/handoff';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import type { OptionsOf } from '#commands/command-context';
import { readPassphraseFile } from '#commands/keys/key-source';

/** Gives a command the flags that name a place where Ballast reads its key. */
export function offerTargets(command: Command) {
  return command
    .option('--env-file <file>', 'a .env file')
    .option('--compose <file>', 'a compose file that sets the variable itself')
    .option(
      '--kubernetes <file>',
      'the manifest of a Kubernetes Secret, or a kustomization that generates it',
    )
    .option('--systemd-unit <file>', 'a systemd unit, drop-in or Quadlet that sets it by Environment=')
    .option(
      '--key-file-at <file>',
      'a file that is the key: a file secret of Compose, LoadCredential= of systemd',
    )
    .option('--docker <name>', 'a secret of Docker Swarm; the key gets one of its own')
    .option('--podman <name>', 'a secret of Podman; the key gets one of its own')
    .option('--systemd <file>', 'a credential sealed by systemd-creds')
    .option('--vault <address>', 'a secret in Vault or OpenBao, in a KV engine of either version')
    .option('--values <file>', 'a value in a YAML or JSON file, such as Helm values, at --value-path')
    .option('--sops <file>', 'a value in a SOPS file, at --value-path')
    .option(
      '--value-path <path>',
      'path of the value, like ballast.encryptionKey; write a dot in a name as \\.',
    )
    .option('--aws-secret <id>', 'a secret in AWS Secrets Manager, through the aws CLI')
    .option('--gcp-secret <name>', 'a secret in Google Secret Manager, through the gcloud CLI')
    .option('--azure-secret <vault/name>', 'a secret in Azure Key Vault, through the az CLI')
    .option('--one-password <reference>', 'a 1Password field, through the op CLI: op://vault/item/field')
    .option('--field <name>', 'field of the AWS, Google or Azure secret, if it is JSON')
    .option('--region <name>', 'AWS region of the secret')
    .option('--profile <name>', 'profile of the aws CLI')
    .option('--project <id>', 'Google project of the secret')
    .addOption(
      new Option('--variable <name>', 'variable, field or credential that holds the key').default(
        'ENCRYPTION_KEY',
      ),
    )
    .addOption(new Option('--mount <mount>', 'of the Vault’s engine').default('secret'))
    .option('--secret-path <path>', 'of the Vault’s secret, like ballast/production')
    .option('--namespace <name>', 'of the Vault, or of the Kubernetes Secret, where there are several')
    .option('--name <name>', 'of the Kubernetes Secret, where the file holds several')
    .option('--service <name>', 'of the compose file, where services have different keys')
    .option('--root-certificate <file>', 'that the Vault’s certificate is signed by')
    .option('--token-file <file>', 'token of the Vault (or in VAULT_TOKEN)');
}

/** One place, by the flag of its kind. */
export type TargetOptions = OptionsOf<typeof offerTargets>;

/** The place that was named; undefined without one. Throws `usage` for several, or for a place that is not complete. */
export function targetOf(options: TargetOptions): HandoffTarget | undefined {
  const { variable, mount, secretPath, namespace, name, service, rootCertificate } = options;
  const { region, profile, project } = options;
  const file = (path: string | undefined) => path && resolve(path);
  const field = options.field === undefined ? {} : { field: options.field };
  const [only, ...more] = [
    options.envFile && { kind: 'env-file', path: file(options.envFile), variable },
    options.compose && {
      kind: 'compose-file',
      path: file(options.compose),
      variable,
      ...(service && { service }),
    },
    options.kubernetes && {
      kind: 'kubernetes-secret',
      path: file(options.kubernetes),
      variable,
      ...(name && { name }),
      ...(namespace && { namespace }),
    },
    options.systemdUnit && { kind: 'systemd-unit', path: file(options.systemdUnit), variable },
    options.keyFileAt && { kind: 'key-file', path: file(options.keyFileAt) },
    options.docker && { kind: 'docker-secret', name: options.docker },
    options.podman && { kind: 'podman-secret', name: options.podman },
    options.systemd && { kind: 'systemd-credential', path: file(options.systemd), name: variable },
    options.vault && {
      kind: 'vault',
      address: options.vault,
      mount,
      path: secretPath,
      field: variable,
      ...(namespace && { namespace }),
      ...(rootCertificate && { caFile: file(rootCertificate) }),
    },
    options.values && { kind: 'yaml-value', path: file(options.values), at: valuePathOf(options) },
    options.sops && { kind: 'sops-file', path: file(options.sops), at: valuePathOf(options) },
    options.awsSecret && {
      kind: 'aws-secret',
      id: options.awsSecret,
      ...field,
      ...(region && { region }),
      ...(profile && { profile }),
    },
    options.gcpSecret && {
      kind: 'gcp-secret',
      name: options.gcpSecret,
      ...field,
      ...(project && { project }),
    },
    options.azureSecret && {
      kind: 'azure-secret',
      vault: options.azureSecret.split('/')[0],
      name: options.azureSecret.split('/').slice(1).join('/'),
      ...field,
    },
    options.onePassword && { kind: 'one-password', ...referenceParts(options.onePassword) },
  ].filter((target) => target !== undefined && target !== '');
  if (only === undefined) return undefined;
  const parsed = handoffTarget.safeParse(only);
  if (more.length === 0 && parsed.success) return parsed.data;
  throw new KeelError(
    'usage',
    more.length > 0
      ? 'more than one place was named; nothing was changed'
      : `the place is not complete: ${parsed.error?.issues.map(({ path }) => path.join('.')).join(', ')}; nothing was changed`,
    options.vault === undefined
      ? 'name one place by the flag of its kind'
      : 'a Vault takes --vault ADDRESS, --mount and --secret-path',
  );
}

/** The names of `--value-path`; a file of SOPS may have the variable itself. */
function valuePathOf({ valuePath, variable, sops }: TargetOptions): string[] | undefined {
  if (valuePath === undefined) return sops === undefined ? undefined : [variable];
  return valuePath.split(/(?<!\\)\./).map((name) => name.replaceAll('\\.', '.'));
}

/** `op://vault/item/field`; a section may stand before the field. */
function referenceParts(reference: string) {
  const [, vault, item, field] = /^op:\/\/([^/]+)\/([^/]+)\/(?:[^/]+\/)?([^/]+)$/.exec(reference) ?? [];
  return { vault, item, field };
}

/** The Vault's token of `--token-file` or VAULT_TOKEN; undefined without one. The caller disposes it. */
export async function readToken({ tokenFile }: TargetOptions): Promise<Secret | undefined> {
  if (tokenFile !== undefined) return readPassphraseFile(tokenFile);
  const value = process.env['VAULT_TOKEN'];
  return value ? new Secret(Buffer.from(value, 'utf8')) : undefined;
}
