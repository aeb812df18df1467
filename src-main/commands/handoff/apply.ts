import { applicationNameOf } from '#applications/applications';
import { resolve } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { counted } from '#shared/counted';
import type { HandoffTarget } from '#contract/handoff';
import { KeelError } from '#errors/keel-error';
import type { ReadTarget } from '#keyring/leftovers';
import { describeTarget } from '#handoff/target';
import { handOff, type HandoffInput, previewHandoff, writePatch } from '#handoff/use-cases/apply';
import type { KnownWorkspace } from '#workspace/workspace';
import { type CommandContext, runs } from '#commands/command-context';
import { agreedContext, namedWorkspace } from '#commands/command-workspace';
import { databaseOption, jsonOption, passphraseOption } from '#commands/options';
import type { Terminal } from '#commands/terminal';
import { placesOf, sayForgotten } from './places.ts';
import { offerTargets, readToken, variableOf } from './target.ts';

/** `keel handoff apply` */
export function define(command: Command): void {
  const offered = offerTargets(command)
    .addOption(databaseOption)
    .option('--preview', 'show what would change, without changing anything')
    .option('--create', 'create the secret, or the field in it, in Vault if it does not exist')
    .option('--patch <file>', 'write a patch for `kubectl patch secret` instead; it contains the key')
    .addOption(passphraseOption)
    .addOption(jsonOption);
  runs(offered, async (options, context) => {
    const { terminal } = context;
    using workspace = await namedWorkspace(options, context);
    using token = await readToken(options);
    if (options.patch !== undefined) {
      const path = resolve(options.patch);
      const input = { field: variableOf(options), path };
      const { fingerprint } = await writePatch(workspace, input, agreedContext(context));
      terminal.say(`${options.patch} contains the key: apply it with kubectl, then delete it.`);
      terminal.result({ ok: true, patch: path, fingerprint });
      return 0;
    }
    const reported: PlaceReport[] = [];
    const failures: { readonly target: HandoffTarget; readonly error: unknown }[] = [];
    const places = placesOf(options, workspace);
    for (const target of places) {
      const input = { target, token, mayCreate: options.create };
      try {
        reported.push(await handOffTo(workspace, input, options.preview === true, context));
      } catch (error) {
        // the other places are as much the application's
        failures.push({ target, error });
        if (places.length > 1)
          terminal.note(terminal.paint('warning', `${describeTarget(target)}: ${reasonOf(error)}`));
      }
    }
    if (!options.preview) sayPlaces(reported, applicationNameOf(workspace.settings.application), terminal);
    const [{ fingerprint } = { fingerprint: null }] = reported;
    const result = { fingerprint, places: reported.map(({ fingerprint: _, ...place }) => place) };
    const [failed] = failures;
    if (!failed) {
      terminal.result({ ok: true, ...result });
      return 0;
    }
    if (reported.length === 0 || !(failed.error instanceof KeelError)) throw failed.error;
    throw partly(failed.error, { ...failed, of: places.length, failures: failures.length, result });
  });
}

interface PlaceReport {
  readonly fingerprint: string;
  readonly target: HandoffTarget;
  readonly where: string;
  readonly before: string | null;
  readonly changed: boolean;
  readonly readBack: boolean;
  readonly behind: readonly ReadTarget[];
  readonly places: number;
}

async function handOffTo(
  workspace: KnownWorkspace,
  input: HandoffInput,
  previewOnly: boolean,
  context: CommandContext,
): Promise<PlaceReport> {
  const { terminal } = context;
  const {
    where,
    upToDate,
    diffMasked,
    holds,
    fingerprint,
    cautions = [],
  } = await previewHandoff(workspace, input);
  terminal.say(terminal.paint('strong', where));
  for (const line of upToDate ? ['already has the active key'] : diffMasked.split('\n')) terminal.say(line);
  for (const caution of cautions) terminal.note(terminal.paint('warning', caution));
  const place = { fingerprint, target: input.target, where, before: holds ?? null };
  if (previewOnly) return { ...place, changed: false, readBack: false, behind: [], places: 0 };
  const done = await handOff(workspace, input, agreedContext(context));
  const readBack = done.seen !== 'label';
  if (done.written)
    terminal.say(
      readBack
        ? 'written and read back'
        : 'written; only its label, which contains the fingerprint, can be read back',
    );
  if (!done.remembered) sayForgotten(where, terminal);
  const { command, note } = done.advice;
  terminal.say(`Then: ${command}`);
  terminal.say(terminal.paint('dim', note));
  return { ...place, changed: done.written, readBack, behind: done.behind, places: done.places };
}

/** The failure of some of several places, with what was done at the others. */
function partly(
  { code, reason, remedy }: KeelError,
  {
    target,
    error,
    of,
    failures,
    result,
  }: {
    readonly target: HandoffTarget;
    readonly error: unknown;
    readonly of: number;
    readonly failures: number;
    readonly result: object;
  },
): KeelError {
  const message = `the hand-off failed for ${failures} of ${counted(of, 'place')}; ${describeTarget(target)}: ${reason}`;
  return new KeelError(code, message, remedy, { cause: error, done: result });
}

function reasonOf(error: unknown): string {
  return error instanceof KeelError ? error.message : 'it failed';
}

/** How many of the places that are known hold the key now. */
function sayPlaces(reported: readonly PlaceReport[], application: string, terminal: Terminal): void {
  const last = reported.at(-1);
  if (!last || last.behind.length === 0) return;
  const has = last.places - last.behind.length;
  terminal.note(
    terminal.paint(
      'warning',
      `The hand-off is open: ${has} of ${counted(last.places, 'place')} that ${application} reads its key from ${has === 1 ? 'has' : 'have'} the active key. These do not have it yet:`,
    ),
  );
  for (const { where, holds } of last.behind)
    terminal.note(`  ${where}${holds === undefined ? '' : `, which has key ${holds}`}`);
}
