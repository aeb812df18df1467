import { Argument, type Command } from '@commander-js/extra-typings';
import { applicationNameOf } from '#applications/applications';
import { formatCount } from '#shared/counted';
import { keelHome } from '#environments/keel-home';
import { findEnvironment } from '#environments/known-environments';
import { RotationRecords } from '#records/rotation-record';
import { isUnsettled } from '#records/rotation-state';
import { columnPath } from '#shared/column-path';
import { runsNamed } from '#commands/command-context';
import { environmentJson } from './environment-json.ts';
import { moment } from '#shared/moment';
import { jsonOption } from '#commands/options';

/** `keel env show` */
export function define(command: Command): void {
  const offered = command.addArgument(new Argument('<environment>', 'its name or id')).addOption(jsonOption);
  runsNamed(offered, async ([name], _, { terminal }) => {
    const known = await findEnvironment(keelHome(), name);
    const { folder, settings } = known;
    const report = await environmentJson(known);
    const records = await new RotationRecords(folder).list();
    const unsettled = records.filter(({ state }) => isUnsettled(state)).map(({ id }) => id);
    const { address, inventory, excluded, proof } = settings;
    const facts: [string, string][] = [
      ['name', `${report.name}${report.production ? ' (production)' : ''}`],
      ['id', report.id],
      ['database', `${report.label}, sslmode ${address.sslmode}`],
      ['application', applicationNameOf(settings.application)],
      ['password', passwordInWords(settings)],
      ['keys in', report.keyPlace],
      ['active key', report.activeKey ?? 'none yet'],
      [
        'last proof',
        proof ? `${proof.verdict} on ${moment(proof.at)}, ${formatCount(proof.bits)} bits` : 'none yet',
      ],
      [
        'rotations',
        unsettled.length > 0 ? 'one is unfinished: run `keel recover`' : formatCount(records.length),
      ],
      ['excluded', excluded.join(', ') || 'nothing'],
      ['folder', folder],
    ];
    for (const [fact, value] of facts) terminal.say(`  ${terminal.paint('dim', fact.padEnd(13))} ${value}`);
    terminal.say(
      `\n${inventory.length === 0 ? 'No encrypted columns are known yet.' : 'Encrypted columns:'}`,
    );
    for (const column of inventory) terminal.say(`  ${columnPath(column)}  ${column.layout}`);
    terminal.result({
      ok: true,
      environment: { ...report, address, inventory, excluded, proof: proof ?? null, unsettled, folder },
    });
    return 0;
  });
}

function passwordInWords({
  rememberPassword,
  hasPassword,
}: {
  readonly rememberPassword: boolean;
  readonly hasPassword: boolean;
}): string {
  if (rememberPassword) return 'in the keychain (PGPASSWORD takes precedence)';
  return hasPassword ? 'not stored: taken from PGPASSWORD or ~/.pgpass' : 'none needed so far';
}
