import { counted } from '#shared/counted';
import type { KeyFacts, PostureFacts } from '#posture/facts';
import {
  type JudgedFinding,
  dayOf,
  daysBetween,
  fail,
  pass,
  type Subject,
  unknown,
  warn,
} from '#posture/finding';
import { judgeKeyFiles } from './judge-key-files.ts';
import { judgeAnswer } from './questions.ts';
import { isPubliclyKnownFingerprint } from '#crypto/encryption-key';

const oldDays = 365;

/** “Key management”: one key per environment, its age, its backup, whether everyone knows it, and where it lies. */
export function judgeKeys(facts: PostureFacts): JudgedFinding[] {
  return [
    judgeShared(facts),
    judgePublic(facts),
    judgeAge(facts),
    judgeBackup(facts),
    ...judgeKeyFiles(facts),
  ];
}

function about(id: string, title: string, why: string): Subject {
  return { id: `keys.${id}`, area: 'keys', title, why };
}

const adopt = 'import the key that the database is encrypted with, and prove it';

function judgeShared(facts: PostureFacts): JudgedFinding {
  const subject = about(
    'separate',
    'One key per environment',
    'A key that leaks from a test environment must not decrypt production.',
  );
  const { keys } = facts;
  if (keys && keys.sharedWith.length > 0)
    return fail(
      subject,
      `the key ring shares a key with ${keys.sharedWith.join(', ')}`,
      'rotate one of them to its own key',
    );
  const known =
    keys && keys.others.length > 0
      ? `no active or pending key of it is one of ${keys.others.join(', ')}`
      : 'Keel knows no other environment';
  if (keys?.active && keys.others.length > 0) return pass(subject, known);
  return judgeAnswer(subject, 'separate-keys', facts, known);
}

function judgePublic({ keys }: PostureFacts): JudgedFinding {
  const subject = about(
    'public',
    'Not the published example key',
    'A key from documentation or an image is public: anything encrypted with it is not protected.',
  );
  const active = keys?.active;
  if (!active) return noKey(subject, keys);
  if (isPubliclyKnownFingerprint(active.fingerprint))
    return fail(
      subject,
      'the active key is the example key from the documentation',
      'rotate to a new key today',
    );
  return pass(subject, `key ${active.fingerprint} is not the example key`);
}

function judgeAge({ keys, at }: PostureFacts): JudgedFinding {
  const subject = about(
    'age',
    'Key age',
    'The longer a key is in use, the more people, machines and backups have seen it.',
  );
  const active = keys?.active;
  if (!active) return noKey(subject, keys);
  const days = daysBetween(active.since, at);
  const seen = active.adopted
    ? `known to Keel for ${counted(days, 'day')}, in use at least that long`
    : `in use for ${counted(days, 'day')}, since ${dayOf(active.since)}`;
  return days > oldDays ? warn(subject, seen, 'rotate it') : pass(subject, seen);
}

function judgeBackup({ keys, at }: PostureFacts): JudgedFinding {
  const subject = about(
    'backup',
    'Tested backup',
    'If the key is lost, so is every encrypted credential. A backup counts once the key has been restored from it.',
  );
  const active = keys?.active;
  if (!active) return noKey(subject, keys);
  if (active.provenAt === undefined)
    return fail(
      subject,
      'no backup of the active key has been tested',
      'make a backup, store it on another machine, and test it',
    );
  const days = daysBetween(active.provenAt, at);
  const seen = `the key was restored from ${counted(active.proofs, 'backup')}, last on ${dayOf(active.provenAt)}`;
  return days >= keys.drillEveryDays
    ? warn(subject, `${seen}, ${days} days ago`, 'test it again')
    : pass(subject, seen);
}

function noKey(subject: Subject, keys: KeyFacts | undefined): JudgedFinding {
  return unknown(
    subject,
    keys ? 'no key of this environment is active yet' : 'no environment was chosen',
    adopt,
  );
}
