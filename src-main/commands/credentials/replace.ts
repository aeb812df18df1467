import type { Command } from '@commander-js/extra-typings';
import { serversOf } from '#connections/connection-test';
import type { SecretForm } from '#credentials/secret-form';
import { replaceSecret } from '#credentials/use-cases/replace';
import { inspectCredential } from '#credentials/use-cases/reveal';
import { KeelError } from '#errors/keel-error';
import { runs } from '#commands/command-context';
import { askingContext, commandWorkspace, useCaseContext } from '#commands/command-workspace';
import { readGivenValue } from '#commands/given-value';
import { jsonOption, yesOption } from '#commands/options';
import { givenInventory } from '#commands/proof/inventory-file';
import { givenKey } from '#commands/keys/ring-key';
import { addressBy, withCredential } from './one-credential.ts';

function offer(command: Command) {
  return withCredential(command)
    .option('--field <name>', 'replace only this field, as printed by `keel credentials show`')
    .option('--value-file <file>', 'file that contains the new value; `-` for standard input')
    .option('--value-env <variable>', 'environment variable that holds the new value')
    .addOption(yesOption)
    .addOption(jsonOption);
}

/** `keel credentials replace` */
export function define(command: Command): void {
  runs(offer(command), async (options, context) => {
    const { terminal } = context;
    const { valueFile: file, valueEnv: variable, field } = options;
    if ((file === undefined) === (variable === undefined)) {
      throw new KeelError(
        'usage',
        'the new value needs one source to read it from; nothing was changed',
        'pass --value-file FILE (`-` for standard input) or --value-env VARIABLE',
      );
    }
    const inventory = await givenInventory(options);
    using value = await readGivenValue({ file, variable }, { name: 'new value', option: '--value-file' });
    using workspace = await commandWorkspace(options, context);
    using key = await givenKey(options, workspace);
    const input = { key, inventory, addressIn: addressBy(options) };
    const { label, version, form } = await inspectCredential(workspace, input, useCaseContext(context));
    const replacing = {
      version,
      value: Buffer.from(value.bytes).toString('utf8'),
      field: field === undefined ? undefined : placeOf(field, form),
    };
    await replaceSecret(
      workspace,
      { ...input, replacing, serversOf },
      askingContext(context, {
        yes: options.yes,
        ask(plan) {
          if (plan.of !== 'replace-credential') return { question: '', name: '' };
          const { servers } = plan.named;
          const server =
            servers.length === 0 ? '' : `, with which Ballast connects to ${servers.join(', ')},`;
          const part = field === undefined ? 'The credential' : `The field ${field} of the credential`;
          return {
            question: `${part} ${plan.label}${server} is replaced; Keel keeps no copy.`,
            name: plan.label,
          };
        },
      }),
    );
    terminal.say(`${terminal.paint('good', 'Replaced.')} ${label} was read back and compared.`);
    terminal.result({ ok: true, replaced: label, ...(field !== undefined && { field }) });
    return 0;
  });
}

/** The place of a field by its name. Throws `usage` where no field has it, or more than one. */
function placeOf(field: string, form: SecretForm | undefined): number | undefined {
  const fields = form?.form === 'fields' ? form.fields : [];
  const place = fields.indexOf(field);
  if (place >= 0 && fields.lastIndexOf(field) === place) return place;
  throw new KeelError(
    'usage',
    place < 0
      ? `the credential has no field ${field}; nothing was changed`
      : `the credential has more than one field ${field}; nothing was changed`,
    fields.length > 0
      ? `its fields are ${fields.join(', ')}; without --field the whole credential is replaced`
      : 'without --field the whole credential is replaced',
  );
}
