import { Command } from 'commander';
import { activeKeyOf } from '#shared/active-key';
import { keelHome } from '#environments/keel-home';
import { type KnownEnvironment, knownEnvironments } from '#environments/known-environments';
import { readKeyRing } from '#keyring/key-ring-file';
import { inTerminalWords } from '#commands/act-words';
import { runs } from '#commands/command-context';
import { jsonOption } from '#commands/options';
import { textTable } from '#commands/text-table';

export function envListCommand(): Command {
  const command = new Command('list')
    .description('list the environments, those of the desktop app too')
    .addOption(jsonOption);
  return runs(command, async (_, { terminal }) => {
    const { environments, damaged } = await knownEnvironments(keelHome());
    const told = await Promise.all(environments.map(environmentJson));
    if (told.length === 0) terminal.say('No environment yet. Add one: `keel env add NAME --database URL`.');
    else {
      const titles = ['name', 'database', 'keys in', 'active key', 'columns'];
      const rows = told.map(({ name, label, keyPlace, activeKey, columns }) => [
        name,
        label,
        keyPlace,
        activeKey ?? 'none',
        String(columns),
      ]);
      terminal.say(
        textTable(
          titles.map((title) => ({ title })),
          rows,
          terminal.paint,
        ),
      );
    }
    for (const { message, remedy } of damaged) {
      terminal.note(`${terminal.paint('warning', message)}\n→ ${inTerminalWords(remedy)}`);
    }
    const unread = damaged.map(({ code, message, remedy }) => ({ code, message, remedy }));
    terminal.result({ ok: true, environments: told, damaged: unread });
    return 0;
  });
}

/** An environment in short. */
export async function environmentJson({ id, folder, settings }: KnownEnvironment) {
  const { name, production, address, keyPlace, rememberPassword, inventory } = settings;
  const { keys } = await readKeyRing(folder);
  const active = activeKeyOf(keys);
  const { user, host, port, database } = address;
  return {
    id,
    name,
    production,
    label: `${user}@${host.includes(':') ? `[${host}]` : host}:${port}/${database}`,
    keyPlace,
    rememberPassword,
    activeKey: active?.fingerprint ?? null,
    keys: keys.length,
    columns: inventory.length,
  };
}
