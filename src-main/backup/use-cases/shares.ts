import type { Broken } from '#backup/artefact-break';
import type { ArtefactText } from '#backup/artefact-text';
import { readHeldShare } from '#backup/shares/held-share';
import {
  answerText,
  answerWith,
  askShare,
  isAnswered,
  questionText,
  readAnswer,
  readQuestion,
  shareCheck,
} from '#backup/shares/share-proof';
import type { RegisteredShare, ShareSet } from '#contract/key-record';
import type { Secret } from '#crypto/secret';
import { KeelError } from '#errors/keel-error';
import {
  changeShareSets,
  markSet,
  recordAskedShare,
  recordProvenShare,
  setOf,
  setsOf,
  type SharePlace,
} from '#keyring/share-sets';
import type { UnaskingContext } from '#workspace/use-case';
import type { Workspace } from '#workspace/workspace';

/** A share as its holder has it. */
export interface HeldShare {
  readonly from: ArtefactText;
  /** Decrypt a share that was encrypted to its holder. The caller disposes them. */
  readonly identities?: Secret | undefined;
}

/** A share that was proven just now, with its set as the register has it. */
export interface ProvenShare {
  readonly set: ShareSet;
  readonly share: RegisteredShare;
}

type Context = Pick<UnaskingContext, 'audit'>;

/**
 * Compares one share with the register, and dates it. A share that cannot be read, and one that is not in the register, are answers.
 */
export async function proveShare(
  workspace: Workspace,
  { from, identities }: HeldShare,
  { audit }: Context,
): Promise<ProvenShare | Broken> {
  const read = await readHeldShare(from, identities);
  if ('broken' in read) return read;
  const { share } = read;
  const check = shareCheck(share);
  share.value.fill(0);
  const { setId, number } = share;
  const known = setsOf(await workspace.readRing()).find(({ set }) => set === setId);
  const registered = known?.shares.find((one) => one.number === number);
  if (!known || registered?.check !== check) return notRegistered(known, setId, number, registered);
  return dated(workspace, { fingerprint: known.fingerprint, set: setId, number }, undefined, audit);
}

/** Asks the holder of a share, given by number or name, to prove that it is still there. Answers a line to send. */
export async function askHolder(
  workspace: Workspace,
  { set, holder }: { readonly set: string; readonly holder: string },
): Promise<{ readonly question: string; readonly share: RegisteredShare }> {
  const known = setOf(await workspace.readRing(), set);
  const share = shareOf(known, holder);
  const asked = askShare({ set: known.set, number: share.number });
  const place = { fingerprint: known.fingerprint, set: known.set, number: share.number };
  await changeShareSets(workspace, (ring, at) => recordAskedShare(ring, place, { nonce: asked.nonce, at }));
  return { question: questionText(asked), share };
}

/** What a holder does, where the share is: answers a question without showing the share. Throws `usage` for what is no question. */
export async function answerQuestion(
  { from, identities }: HeldShare,
  text: string,
): Promise<{ readonly answer: string } | Broken> {
  const question = readQuestion(text);
  if (!question) {
    throw new KeelError(
      'usage',
      'this is not a question about a share; nothing was answered',
      'pass the whole line that the admin sent, from `keel-share-question:` on',
    );
  }
  const read = await readHeldShare(from, identities);
  if ('broken' in read) return read;
  const { share } = read;
  const answer = answerWith(share, question);
  share.value.fill(0);
  if (answer) return { answer: answerText(answer) };
  return {
    broken: {
      breaksAt: 'shares',
      message: `the question is about share ${question.number} of set ${question.set}, and this is share ${share.number} of set ${share.setId}`,
      remedy: 'use the share that was asked about, or ask the admin for a question about this one',
    },
  };
}

/**
 * Checks an answer against the question that is on record, and dates the share. Its date is that of the question: the share was
 * there after it was asked. Throws `usage` for what is no answer, and `drill-failed` for a wrong one.
 */
export async function acceptAnswer(
  workspace: Workspace,
  text: string,
  { audit }: Context,
): Promise<ProvenShare> {
  const answer = readAnswer(text);
  if (!answer) {
    throw new KeelError(
      'usage',
      'this is not an answer about a share; nothing was recorded',
      'pass the whole line that the holder sent, from `keel-share-answer:` on',
    );
  }
  const { set, number } = answer;
  const known = setOf(await workspace.readRing(), set);
  const share = known.shares.find((one) => one.number === number);
  if (!share?.asked) {
    throw new KeelError(
      'usage',
      `no question about share ${number} of set ${set} is open; nothing was recorded`,
      'ask the holder first; each answer can be used only once',
    );
  }
  if (!isAnswered(share.check, { set, number, nonce: share.asked.nonce }, answer)) {
    throw new KeelError(
      'drill-failed',
      `the answer does not prove share ${number} of set ${set}: it is to another question, or from another share; nothing was recorded`,
      'send the holder the latest question, and check which share they have',
    );
  }
  return dated(workspace, { fingerprint: known.fingerprint, set, number }, share.asked.at, audit);
}

/** Records that a set counts, which replaces the one that did, or that it is void. */
export async function markShareSet(
  workspace: Workspace,
  { set, ...mark }: Parameters<typeof markSet>[3] & { readonly set: string },
  { audit }: Context,
): Promise<{
  readonly set: ShareSet & { readonly fingerprint: string };
  readonly replaced: readonly string[];
}> {
  const before = await workspace.readRing();
  const { fingerprint } = setOf(before, set);
  const former = setsOf(before).filter(
    (one) => one.fingerprint === fingerprint && one.standing === 'counts' && one.set !== set,
  );
  const ring = await changeShareSets(workspace, (state, at) => markSet(state, fingerprint, set, mark, at));
  await audit.after({
    environment: workspace.id,
    action: 'set of shares marked',
    detail: `set ${set} ${mark.standing === 'counts' ? 'counts' : 'is void'}`,
    outcome: 'done',
    fingerprint,
  });
  return {
    set: setOf(ring, set),
    replaced: mark.standing === 'counts' ? former.map((one) => one.set) : [],
  };
}

async function dated(
  workspace: Workspace,
  place: SharePlace,
  askedAt: string | undefined,
  audit: Context['audit'],
): Promise<ProvenShare> {
  const { set, number, fingerprint } = place;
  const ring = await changeShareSets(workspace, (state, at) =>
    recordProvenShare(state, place, askedAt ?? at),
  );
  await audit.after({
    environment: workspace.id,
    action: 'share proven',
    detail: `share ${number} of set ${set}`,
    outcome: 'done',
    fingerprint,
  });
  const known = setOf(ring, set);
  return { set: known, share: known.shares.find((share) => share.number === number) as RegisteredShare };
}

function shareOf({ set, shares }: ShareSet, holder: string): RegisteredShare {
  const wanted = holder.trim().toLowerCase();
  const found = shares.find(
    (share) => `${share.number}` === wanted || share.holder?.toLowerCase() === wanted,
  );
  if (found) return found;
  const known = shares.map(({ number, holder: name }) =>
    name === undefined ? `${number}` : `${number} (${name})`,
  );
  throw new KeelError(
    'usage',
    `set ${set} has no share of \`${holder}\` on record; nothing was asked`,
    `use the number or the holder of one of its shares: ${known.join(', ')}`,
  );
}

function notRegistered(
  known: ShareSet | undefined,
  set: string,
  number: number,
  registered: RegisteredShare | undefined,
): Broken {
  const remedy = 'test the shares of its set together once, which registers them';
  if (!known) return { broken: { breaksAt: 'shares', message: `set ${set} is not registered here`, remedy } };
  if (!registered) {
    const message = `share ${number} of set ${set} is not registered, so there is nothing to compare it with`;
    return { broken: { breaksAt: 'shares', message, remedy } };
  }
  return {
    broken: {
      breaksAt: 'shares',
      message: `its checksum is correct, but it is not share ${number} of the set ${set} that is registered`,
      remedy: 'find out which set it belongs to: it may be of another key, or altered',
    },
  };
}
