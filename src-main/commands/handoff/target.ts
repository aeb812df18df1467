import { resolve } from 'node:path';
import { type Command, Option } from '@commander-js/extra-typings';
import { type HandoffTarget, handoffTarget } from '#contract/handoff';
import { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import type { OptionsOf } from '#commands/command-context';
import { variableOfChosen } from '#applications/applications';
import type { Named } from '#commands/environments/named-environment';
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
    .option(
      '--systemd-unit <file>',
      'a systemd unit, drop-in or Quadlet that sets the variable with Environment=',
    )
    .option(
      '--key-file-at <file>',
      'a file that contains only the key: a Compose file secret, or systemd’s LoadCredential=',
    )
    .option('--docker <name>', 'a Docker Swarm secret; Keel creates a new one for the key')
    .option('--podman <name>', 'a Podman secret; Keel creates a new one for the key')
    .option('--systemd <file>', 'a credential encrypted with systemd-creds')
    .option('--vault <address>', 'a secret in Vault or OpenBao (KV version 1 or 2)')
    .option('--values <file>', 'a value in a YAML or JSON file, such as Helm values, at --value-path')
    .option('--sops <file>', 'a value in a SOPS file, at --value-path')
    .option(
      '--value-path <path>',
      'path of the value, such as ballast.encryptionKey; write a dot in a name as \\.',
    )
    .option('--aws-secret <id>', 'a secret in AWS Secrets Manager, through the aws CLI')
    .option('--gcp-secret <name>', 'a secret in Google Secret Manager, through the gcloud CLI')
    .option('--azure-secret <vault/name>', 'a secret in Azure Key Vault, through the az CLI')
    .option('--one-password <reference>', 'a 1Password field, through the op CLI: op://vault/item/field')
    .option('--field <name>', 'field of the AWS, Google or Azure secret, if the secret is JSON')
    .option('--region <name>', 'AWS region of the secret')
    .option('--profile <name>', 'profile for the aws CLI')
    .option('--project <id>', 'Google project of the secret')
    .addOption(
      new Option(
        '--variable <name>',
        'name of the variable, field or credential that contains the key (by default the variable of the application: ENCRYPTION_KEY for Ballast)',
      ),
    )
    .addOption(new Option('--mount <mount>', 'mount of the Vault engine').default('secret'))
    .option('--secret-path <path>', 'path of the Vault secret, such as ballast/production')
    .option(
      '--namespace <name>',
      'Vault namespace, or namespace of the Kubernetes Secret if the file has several',
    )
    .option('--name <name>', 'name of the Kubernetes Secret, if the file has several')
    .option('--service <name>', 'service in the compose file, if services have different keys')
    .option('--root-certificate <file>', 'CA certificate that signed the certificate of Vault')
    .option('--token-file <file>', 'file with the Vault token (or set VAULT_TOKEN)');
}

/** One place, by the flag of its kind. */
export type TargetOptions = OptionsOf<typeof offerTargets> & Named;

/** The place that was named; undefined without one. Throws `usage` for several, or for a place that is not complete. */
export function targetOf(options: TargetOptions): HandoffTarget | undefined {
  const { mount, secretPath, namespace, name, service, rootCertificate } = options;
  const { region, profile, project } = options;
  const file = (path: string | undefined) => path && resolve(path);
  const field = options.field === undefined ? {} : { field: options.field };
  const [only, ...more] = [
    options.envFile && {
      kind: 'env-file',
      path: file(options.envFile),
      variable: variableOf(options),
    },
    options.compose && {
      kind: 'compose-file',
      path: file(options.compose),
      variable: variableOf(options),
      ...(service && { service }),
    },
    options.kubernetes && {
      kind: 'kubernetes-secret',
      path: file(options.kubernetes),
      variable: variableOf(options),
      ...(name && { name }),
      ...(namespace && { namespace }),
    },
    options.systemdUnit && {
      kind: 'systemd-unit',
      path: file(options.systemdUnit),
      variable: variableOf(options),
    },
    options.keyFileAt && { kind: 'key-file', path: file(options.keyFileAt) },
    options.docker && { kind: 'docker-secret', name: options.docker },
    options.podman && { kind: 'podman-secret', name: options.podman },
    options.systemd && { kind: 'systemd-credential', path: file(options.systemd), name: variableOf(options) },
    options.vault && {
      kind: 'vault',
      address: options.vault,
      mount,
      path: secretPath,
      field: variableOf(options),
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
      ? 'more than one destination was given; nothing was changed'
      : `the destination is incomplete: ${parsed.error?.issues.map(({ path }) => path.join('.')).join(', ')}; nothing was changed`,
    options.vault === undefined
      ? 'pass only one option that selects a destination'
      : 'for Vault, pass --vault ADDRESS, --mount and --secret-path',
  );
}

/** The variable that was named, else that of the environment's application. */
export function variableOf({ variable, named }: Pick<TargetOptions, 'variable' | 'named'>): string {
  return variable ?? variableOfChosen(named?.settings.application);
}

/** The names of `--value-path`; a file of SOPS may have the variable itself. */
function valuePathOf(options: TargetOptions): string[] | undefined {
  const { valuePath, sops } = options;
  if (valuePath === undefined) return sops === undefined ? undefined : [variableOf(options)];
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
