import type { Broken } from '#backup/artefact-break';
import type { ProvenShare } from '#backup/use-cases/shares';
import type { RegisteredShare, ShareSet } from '#contract/key-record';
import { coverOf } from '#keyring/share-sets';
import { inTerminalWords } from '#commands/act-text';
import { moment } from '#shared/moment';
import type { Terminal } from '#commands/terminal';
import { counted } from '#shared/counted';
import { visible } from '#shared/visible-text';

/** A set as `--json` tells it: its check values and open questions stay in the register. */
export function setJson(set: ShareSet): object {
  const { proven, since } = coverOf(set);
  return {
    set: set.set,
    standing: set.standing,
    standingSince: set.standingSince,
    ...(set.reason !== undefined && { reason: set.reason }),
    threshold: set.threshold,
    registeredAt: set.registeredAt,
    location: set.location ?? null,
    proven,
    provenSince: since ?? null,
    shares: set.shares.map((share) => ({
      number: share.number,
      holder: share.holder ?? null,
      provenAt: share.provenAt ?? null,
      askedAt: share.asked?.at ?? null,
    })),
  };
}

export function standingInWords({ standing, standingSince, reason }: ShareSet): string {
  const on = `on ${moment(standingSince)}`;
  if (standing === 'counts') return 'it counts';
  if (standing === 'replaced') return `it was replaced ${on}`;
  if (standing === 'void') return `it is void: ${reason ?? `marked ${on}`}`;
  return 'not marked yet as counting or void';
}

/** Whether enough holders have proven their shares for the key to be restored. */
export function coverInWords(set: ShareSet): string {
  const { proven, since } = coverOf(set);
  const needed = `${set.threshold} restore the key`;
  if (since === undefined) return `${counted(proven, 'share')} proven so far, but ${needed}`;
  return `${counted(proven, 'share')} proven; ${needed}, and as many were there on ${moment(since)} or later`;
}

export function holderInWords({ number, holder }: RegisteredShare): string {
  return holder === undefined ? `share ${number}` : `share ${number}, ${visible(holder)}`;
}

/** After a test: which set it was. That it still restores the key does not make it the one to rely on. */
export function sayStanding(set: ShareSet, terminal: Terminal): void {
  const line = `Set ${set.set}: ${visible(standingInWords(set))}.`;
  terminal.say(set.standing === 'counts' ? line : terminal.paint('warning', line));
  if (set.standing === 'unmarked') terminal.say(`To rely on it: keel share mark --set ${set.set} --counts`);
}

/** After a holder has proven a share. */
export function sayProven({ set, share }: ProvenShare, terminal: Terminal): void {
  const { paint } = terminal;
  const when = share.provenAt === undefined ? '' : ` on ${moment(share.provenAt)} or later`;
  terminal.say(paint('good', `PROVEN: ${holderInWords(share)} of set ${set.set} was there${when}.`));
  sayStanding(set, terminal);
  terminal.say(`${coverInWords(set)}.`);
}

/** A share that proved nothing. */
export function sayBroken({ broken }: Broken, terminal: Terminal): void {
  terminal.say(terminal.paint('bad', `NOT PROVEN: ${broken.message}`));
  terminal.say(`→ ${inTerminalWords(broken.remedy)}`);
}

/** What is printed for programs ends up in logs: no word of a share is in it. */
export function brokenJson({ broken: { breaksAt, message, remedy } }: Broken): object {
  return { breaksAt, message, remedy: inTerminalWords(remedy) };
}
