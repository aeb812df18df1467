import { formatCount } from '#shared/counted';
import type { Command } from '@commander-js/extra-typings';
import type { EncryptionKey } from '#crypto/encryption-key';
import type { Proof } from '#proof/prove';
import { openedIn } from '#shared/opened-values';
import { prove } from '#proof/use-cases/prove';
import { loadKey } from '#workspace/ring-keys';
import { hintInWords, nestedJson, proofJson, proofTable } from './column-report.ts';
import { runs } from '#commands/command-context';
import { askingContext, commandWorkspace } from '#commands/command-workspace';
import { givenInventory } from './inventory-file.ts';
import {
  databaseOption,
  excludeOption,
  inventoryOption,
  jsonOption,
  keepKeysOption,
  withKey,
  passphraseOption,
  yesOption,
} from '#commands/options';
import { withKnownValue, readKnownValue, sayIvProof } from './known-value.ts';
import { givenKey } from '#commands/keys/ring-key';
import { otherForms } from '#commands/keys/application-option';
import { foreignInWords, foreignJson } from './foreign-report.ts';
import { replacementInWords } from '#commands/keys/replacement-text';
import type { Terminal } from '#commands/terminal';
import { excludableName } from '#proof/exclusion';
import { shellWord } from '#shared/shell-word';
import { loadKeyToProve } from '#workspace/ring-keys';
import { visible } from '#shared/visible-text';
import { cutInWords, nestedInWords, sampleInWords } from '#shared/within-text';

/** `keel prove` */
export function define(command: Command): void {
  const offered = withKnownValue(
    withKey(command.addOption(databaseOption).addOption(inventoryOption))
      .option('--fingerprint <fingerprint>', 'a key from the key ring')
      .addOption(keepKeysOption)
      .addOption(passphraseOption)
      .addOption(excludeOption)
      .addOption(yesOption),
  ).addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    const given = await givenInventory(options);
    using workspace = await commandWorkspace(options, context);
    using key =
      options.fingerprint === undefined
        ? await givenKey(options, workspace, loadKeyToProve)
        : await loadKey(workspace, options.fingerprint);
    using knownValue = await readKnownValue(options);
    const { database } = (await workspace.database()).target;
    const { proof, shown, foreign, stillActive } = await prove(
      workspace,
      { key, inventory: given, forms: otherForms(options), excluded: options.exclude, knownValue },
      askingContext(context, {
        yes: options.yes,
        ask: (confirmation) => ({ question: replacementInWords(confirmation), name: database }),
      }),
    );
    sayProof(proof, key, terminal);
    for (const line of foreignInWords(foreign)) terminal.say(terminal.paint('warning', line));
    if (shown) sayIvProof(shown, terminal);
    if (stillActive !== undefined) sayStillActive(stillActive, key, terminal);
    const isRight = proof.verdict === 'correct' && shown?.shows !== 'beginning-lost';
    // a proof that changes which key is active and could not ask is refused like any other change
    const isRefused = stillActive !== undefined;
    terminal.result({
      ok: isRight && !isRefused,
      verdict: proof.verdict,
      bits: proof.bits,
      columns: proofJson(proof),
      nested: nestedJson(proof),
      ...(proof.within?.sample && { nestedSample: proof.within.sample }),
      ...(shown && { knownValue: shown }),
      ...(stillActive !== undefined && { stillActive }),
      ...(foreign.length > 0 && { foreign: foreignJson(foreign) }),
    });
    if (!isRight) return 3;
    return isRefused ? 4 : 0;
  });
}

function sayStillActive(active: string, { fingerprint }: EncryptionKey, terminal: Terminal): void {
  const line = `Key ${active} is still the active key. To make key ${fingerprint} the active one, run this again and confirm it, or pass \`--yes\`.`;
  terminal.note(terminal.paint('warning', line));
}

const verdictWords = {
  correct: ['good', 'CORRECT: this key decrypts the database'],
  wrong: ['bad', 'WRONG: this key does not decrypt these values; the result is noise'],
  mixed: ['warning', 'MIXED: this key decrypts some values and not others'],
  inconclusive: ['warning', 'INCONCLUSIVE: the values are too few or too short to tell'],
} as const;

function sayProof(proof: Proof, key: EncryptionKey, terminal: Terminal): void {
  terminal.say(`${proofTable(proof, terminal)}\n`);
  const { opened, values } = openedIn(proof.columns);
  const [tone, words] = verdictWords[proof.verdict];
  terminal.say(terminal.paint(tone, words));
  const numbers = `decrypts ${formatCount(opened)} of ${formatCount(values)} values, ${formatCount(proof.bits)} bits of evidence`;
  terminal.say(`Key ${key.fingerprint} ${numbers}`);
  if (proof.verdict === 'mixed') terminal.say(terminal.paint('warning', mixedInWords(proof)));
  for (const { hint } of proof.columns)
    if (hint) terminal.say(terminal.paint('warning', `Hint: ${hintInWords(hint)}`));
  sayWithin(proof, opened, terminal);
}

/** What may be behind values that the key does not decrypt, and how to go on if they are meant to be there. */
function mixedInWords({ columns }: Proof): string {
  const names = columns
    .filter(({ verdict }) => verdict === 'mixed')
    .map(({ entry }) => excludableName(entry));
  const options = names.map((name) => `--exclude ${shellWord(name)}`).join(' ');
  return `If the others are encrypted with keys of their own, as those of personal sources are, pass \`${options}\` here and to \`keel rotate\`: it leaves them unchanged. Else find out which key they are encrypted with.`;
}

/** What was found within the values, and where nobody looked. */
function sayWithin({ within, verdict }: Proof, opened: number, terminal: Terminal): void {
  const { nested = [], cut = 0, sample } = within ?? {};
  for (const place of nested) terminal.say(terminal.paint('warning', visible(nestedInWords(place))));
  if (cut > 0) terminal.say(terminal.paint('warning', cutInWords(cut)));
  if (!within) {
    terminal.say('Nested values were not searched for: Keel does that only for Ballast.');
    return;
  }
  if (nested.length === 0 && opened > 0)
    terminal.say(
      sample
        ? 'In a sample, no value encrypted with this key was found inside the decrypted values.'
        : 'No value encrypted with this key was found inside the decrypted values.',
    );
  if (sample) terminal.say(`Inside values: ${sampleInWords(sample)}; \`keel census\` scans inside all.`);
  if (verdict !== 'correct')
    terminal.say(
      'Values encrypted with other keys were not scanned for values encrypted with this key; `keel census` does that with the keys of the key ring.',
    );
}
