import type { Command } from '@commander-js/extra-typings';
import { counted } from '#shared/counted';
import { parseApiKey } from '#api-keys/key-text';
import { verifyApiKey } from '#api-keys/use-cases/verify';
import type { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import type { ApiKey } from '#contract/api-keys';
import { enumerated } from '#shared/enumerated';
import { readStandardInput } from '#commands/standard-input';
import { visible } from '#shared/visible-text';
import { keysTable } from './report.ts';
import { tableChoiceOf, withTableOptions } from './table.ts';
import { runs, type OptionsOf } from '#commands/command-context';
import { commandWorkspace, useCaseContext } from '#commands/command-workspace';
import { readPassphraseFile } from '#commands/keys/key-source';
import { jsonOption } from '#commands/options';

function offer(command: Command) {
  return withTableOptions(command)
    .option('--api-key-file <file>', 'file that contains the key')
    .option('--api-key-env <variable>', 'environment variable that holds the key')
    .option('--stdin', 'read the key from standard input')
    .option('--all', 'compare every hash, including those of rows with another prefix')
    .addOption(jsonOption);
}
type Options = OptionsOf<typeof offer>;

/** `keel api-key verify` */
export function define(command: Command): void {
  runs(offer(command), async (options, context) => {
    const { terminal } = context;
    using key = await readApiKey(options);
    const choice = await tableChoiceOf(options, context);
    using workspace = await commandWorkspace(options, context);
    const { table, ...verification } = await verifyApiKey(
      workspace,
      { choice, key, everything: options.all ?? false },
      useCaseContext(context),
    );
    const { match, tried, ruledOut, unverifiable } = verification;
    const works = match !== undefined && match.active && !match.expired;
    if (match) {
      terminal.say(terminal.paint(works ? 'good' : 'bad', `${verdictOf(match)}:\n`));
      terminal.say(keysTable([match], table.mapping, terminal));
      if (match.unclear && !match.expired)
        terminal.say(visible(`It cannot be determined whether it is active: ${enumerated(match.unclear)}.`));
    } else {
      terminal.say(
        terminal.paint('bad', `It matches none of the ${counted(tried, 'key')} it was compared with.`),
      );
      if (ruledOut > 0)
        terminal.say(
          `${counted(ruledOut, 'row')} not compared because of another prefix; --all compares them too.`,
        );
      if (unverifiable > 0) terminal.say(`${counted(unverifiable, 'row')} without a bcrypt hash.`);
    }
    terminal.result({ ok: works, ...verification });
    return works ? 0 : 3;
  });
}

function verdictOf({ active, unclear, expired }: ApiKey): string {
  if (expired && (active || unclear)) return 'This key has expired';
  if (unclear) return 'The hash is this key’s, but its state is unknown';
  return active ? 'Ballast accepts this key' : 'This key is revoked';
}

/** In bytes, with what may stand around a key. */
const longestApiKeyFile = 4_096;

async function readApiKey({ apiKeyFile, apiKeyEnv, stdin }: Options): Promise<Secret> {
  const given = [apiKeyFile, apiKeyEnv, stdin].filter((value) => value !== undefined);
  if (given.length !== 1) {
    throw new KeelError(
      'usage',
      given.length === 0 ? 'no API key was given' : 'more than one API key was given',
      'pass one of --api-key-file FILE, --api-key-env VARIABLE or --stdin',
    );
  }
  if (apiKeyFile !== undefined) {
    using read = await readPassphraseFile(apiKeyFile);
    return parseApiKey(read.bytes);
  }
  const text =
    apiKeyEnv === undefined ? await readStandardInput('API key', longestApiKeyFile) : variable(apiKeyEnv);
  try {
    return parseApiKey(text);
  } finally {
    text.fill(0);
  }
}

function variable(name: string): Buffer {
  const value = process.env[name];
  if (value !== undefined) return Buffer.from(value, 'utf8');
  throw new KeelError(
    'usage',
    `the environment variable ${name} is not set`,
    'set it, or pass --api-key-file FILE',
  );
}
