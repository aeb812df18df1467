import { openedIn } from '#shared/opened-values';
import { counted, formatCount } from '#shared/counted';
import type { Command } from '@commander-js/extra-typings';
import { KeelError } from '#errors/keel-error';
import { type MemberProof, proveFleet } from '#fleet/use-cases/prove';
import type { Proof } from '#proof/prove';
import { runs } from '#commands/command-context';
import { fleetOf } from './databases.ts';
import { useCaseContext, namedWorkspace } from '#commands/command-workspace';
import { offerFleet } from './options.ts';
import { excludeOption, jsonOption, withKey, passphraseOption } from '#commands/options';
import { givenKey } from '#commands/keys/ring-key';
import { nestedIn } from '#proof/values-within';
import type { SampleWithin } from '#shared/within-text';
import { textTable } from '#commands/text-table';

/** `keel fleet prove`: one key against every database of a list; only reads. */
export function define(command: Command): void {
  const offered = withKey(offerFleet(command))
    .addOption(passphraseOption)
    .addOption(excludeOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await namedWorkspace(options, context);
    const { names: databases, reach } = await fleetOf(workspace, options, terminal);
    using key = await givenKey(options, workspace);
    const proofs = await proveFleet(
      workspace,
      {
        key,
        databases,
        reach,
        excluded: options.exclude,
        limit: options.concurrency,
      },
      useCaseContext(context, 'proving databases'),
    );
    const reports = proofs.map(describe);
    terminal.say(
      textTable(
        [
          { title: 'database' },
          { title: 'verdict' },
          { title: 'decrypted', align: 'right' },
          { title: 'values', align: 'right' },
          { title: 'bits', align: 'right' },
          { title: 'reason' },
        ],
        reports.map(({ name, verdict, opened, values, bits, nested, nestedSample, message }) => [
          name,
          verdict,
          ...[opened, values, bits].map((number) => (number === undefined ? '' : formatCount(number))),
          message ??
            (nested
              ? `${nestedSample ? 'in a sample, ' : ''}${counted(nested, 'value')} encrypted with this key inside these values`
              : ''),
        ]),
        terminal.paint,
      ),
    );
    const right = reports.filter(({ verdict }) => verdict === 'correct').length;
    terminal.say(
      `\nKey ${key.fingerprint} decrypts ${formatCount(right)} of ${counted(reports.length, 'database')}`,
    );
    terminal.result({ ok: right === reports.length, fingerprint: key.fingerprint, databases: reports });
    return right === reports.length ? 0 : 3;
  });
}

interface MemberReport {
  readonly name: string;
  readonly verdict: Proof['verdict'] | 'failed';
  readonly opened?: number;
  readonly values?: number;
  readonly bits?: number;
  /** Values under the key within what those decrypt to. */
  readonly nested?: number;
  /** Of how many values that was found, where not all were looked within. */
  readonly nestedSample?: SampleWithin;
  readonly code?: string;
  readonly message?: string;
}

function describe({ name, outcome }: MemberProof): MemberReport {
  if (outcome && 'value' in outcome) {
    const { verdict, bits, columns, within } = outcome.value;
    return {
      name,
      verdict,
      ...openedIn(columns),
      bits: Math.round(bits),
      nested: nestedIn(within),
      ...(within?.sample && { nestedSample: within.sample }),
    };
  }
  const error = outcome?.error;
  return error instanceof KeelError
    ? { name, verdict: 'failed', code: error.code, message: error.message }
    : {
        name,
        verdict: 'failed',
        code: 'internal',
        message: outcome ? 'internal error in Keel' : 'not started',
      };
}
