import { Argument, Command } from 'commander';
import { removeEnvironmentSettings } from '#environments/environment-settings';
import { keelHome } from '#environments/keel-home';
import { findEnvironment } from '#environments/known-environments';
import { KeelError } from '#errors/keel-error';
import { passwordStore } from '#keyring/password-store';
import { hasLiveProcess, RotationRecords } from '#records/rotation-record';
import { isUnsettled } from '#records/rotation-state';
import { noteEffect } from './activity.ts';
import { runsNamed } from './command-context.ts';
import { confirm } from './confirm.ts';
import { jsonOption, yesOption } from './options.ts';

export function envRemoveCommand(): Command {
  const command = new Command('remove')
    .description('forget an environment; its keys, key ring and rotation records stay')
    .addArgument(new Argument('<name>', 'its name or id'))
    .addOption(yesOption)
    .addOption(jsonOption);
  return runsNamed<{ readonly yes?: boolean }>(command, async (typed, { yes = false }, { terminal }) => {
    const { id, folder, settings } = await findEnvironment(keelHome(), typed);
    const { name, rememberPassword } = settings;
    const running = (await new RotationRecords(folder).list()).find(
      (record) => isUnsettled(record.state) && hasLiveProcess(record),
    );
    if (running) {
      throw new KeelError(
        'rotation-running',
        `rotation ${running.id} is under way on ${name}; nothing was changed`,
        'wait until it is done',
      );
    }
    terminal.say('Its name, its columns and the remembered password go; nothing in the database changes.');
    terminal.say('Its keys stay where they are. Add the same database again, and they are back.');
    await confirm(`${name} is forgotten.`, name, yes);
    await removeEnvironmentSettings(folder);
    if (rememberPassword) await passwordStore().remove(id);
    const detail = `${name}; its keys are kept`;
    await noteEffect(terminal, { folder, action: 'environment forgotten', detail, outcome: 'done' });
    terminal.say(terminal.paint('good', `${name} is forgotten.`));
    terminal.result({ ok: true, environment: { id, name } });
    return 0;
  });
}
