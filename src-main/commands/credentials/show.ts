import type { Command } from '@commander-js/extra-typings';
import { inspectCredential, revealCredential } from '#credentials/use-cases/reveal';
import { KeelError } from '#errors/keel-error';
import { runs } from '#commands/command-context';
import { agreedContext, commandWorkspace, useCaseContext } from '#commands/command-workspace';
import { givenInventory } from '#commands/proof/inventory-file';
import { jsonOption } from '#commands/options';
import { addressBy, withCredential } from './one-credential.ts';
import { givenKey } from '#commands/keys/ring-key';

function offer(command: Command) {
  return withCredential(command)
    .option('--reveal', 'print it in plain text; recorded in the activity log first')
    .addOption(jsonOption);
}

/** `keel credentials show` */
export function define(command: Command): void {
  runs(offer(command), async (options, context) => {
    const { terminal } = context;
    if (options.reveal && options.json) {
      throw new KeelError(
        'usage',
        'a credential is never printed as JSON, which programs tend to store; nothing was shown',
        'omit --json, or export an archive',
      );
    }
    const inventory = await givenInventory(options);
    using workspace = await commandWorkspace(options, context);
    using key = await givenKey(options, workspace);
    const input = { key, inventory, addressIn: addressBy(options) };
    if (options.reveal) {
      const asked = { ...input, to: 'terminal' as const };
      terminal.hand(await revealCredential(workspace, asked, agreedContext(context)));
      return 0;
    }
    const { identity, label, state, form } = await inspectCredential(
      workspace,
      input,
      useCaseContext(context),
    );
    const { kind, shortName, name } = identity;
    terminal.say(label);
    terminal.say(`  ${kind}, ${shortName ?? 'source unknown'}${name ? ` “${name}”` : ''}`);
    terminal.say(form ? `  decrypts with ${key.fingerprint}` : '  does not decrypt with this key');
    if (form?.form === 'fields') terminal.say(`  fields: ${form.fields.join(', ')}`);
    terminal.result({ ok: form !== undefined, ...identity, state, ...form });
    return form ? 0 : 3;
  });
}
