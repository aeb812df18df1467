import type { KeyFacts, KeyFileFacts, PostureFacts } from '#posture/facts';
import { type JudgedFinding, fail, pass, type Subject, unknown, warn } from '#posture/finding';
import type { GitObjects } from '#posture/look/keys-in-git';
import { counted, formatCount } from '#shared/counted';

const whyFiles = 'Anyone who reads the key can decrypt every credential in a database dump.';
const move = 'rotate the key, since others could read it; then keep the new one';

/** Where the key lies: each file that the admin named, by what is worst about it first. */
export function judgeKeyFiles({ keyFiles, keys }: PostureFacts): JudgedFinding[] {
  if (keyFiles.length === 0) {
    const subject: Subject = {
      id: 'keys.files',
      area: 'keys',
      title: 'Where the key is stored',
      why: whyFiles,
    };
    return [
      unknown(
        subject,
        'no file is configured',
        'add the .env or compose file from which the application reads its key',
      ),
    ];
  }
  return keyFiles.flatMap((file, index) => judgeFile(file, index + 1, keys));
}

function judgeFile(file: KeyFileFacts, number: number, keys: KeyFacts | undefined): JudgedFinding[] {
  const active = keys?.active?.fingerprint;
  const areTexts = keys?.areTexts ?? false;
  const about = (id: string, title: string): Subject => ({
    id: `keys.file.${number}.${id}`,
    area: 'keys',
    title: `${title}: ${endOf(file.path)}`,
    why: whyFiles,
  });
  if (file.fault !== undefined)
    return [
      unknown(
        about('read', 'Key file'),
        `${file.path} was not read: ${file.fault}`,
        'check the path, and that this account can read it',
      ),
    ];
  return [
    judgeRights(about('rights', 'Permissions'), file),
    judgeGit(about('git', 'Git'), file, active, areTexts),
    judgeContent(about('content', 'Contents'), file, active, areTexts),
  ];
}

function judgeRights(subject: Subject, { path, othersMay, groupMayRead }: KeyFileFacts): JudgedFinding {
  if (othersMay === undefined)
    return unknown(
      subject,
      'Keel does not check file permissions on this system',
      `check who can read it: icacls "${path}"`,
    );
  if (othersMay === 'write')
    return fail(
      subject,
      `every account on the machine can change or replace ${path}`,
      `chmod 600 ${path}, and remove write permission for others from its folder`,
    );
  if (othersMay === 'read')
    return fail(subject, `every account on the machine can read ${path}`, `chmod 600 ${path}`);
  if (groupMayRead)
    return warn(
      subject,
      `its group can read ${path}`,
      `chmod 600 ${path}, unless the group is the application’s own`,
    );
  return pass(
    subject,
    `by its mode and that of its folder, only its owner can read ${path}; ACLs were not checked`,
  );
}

function judgeGit(
  subject: Subject,
  { git, keys, objects }: KeyFileFacts,
  active: string | undefined,
  areTexts: boolean,
): JudgedFinding {
  const holds = keys.length > 0;
  const [inHistory, ...more] = objects?.keys ?? [];
  if (inHistory !== undefined) {
    const known = [inHistory, ...more];
    // without a ring, the key in use is the one in the file
    const inUse =
      active === undefined ? known.find((key) => keys.includes(key)) : known.find((key) => key === active);
    if (inUse !== undefined)
      return fail(
        subject,
        `the repository, including its history, contains key ${inUse}, ${active === undefined ? 'which is also in this file' : 'the active one'}: every clone has it`,
        `${move} outside the repository; rewriting history does not reach existing clones`,
      );
    return warn(
      subject,
      `the repository, including its history, contains key ${known.join(', ')}, which is not the active one`,
      'make sure that nobody with a clone can reach dumps from its time',
    );
  }
  if (git === 'none') return pass(subject, 'it is not in a git work tree');
  if (holds && (git === 'tracked' || git === 'once-tracked'))
    return fail(
      subject,
      `${git === 'tracked' ? 'git tracks it' : 'git no longer tracks it, but its history contains it'}: every clone has the key`,
      `${move} outside the repository; rewriting history does not reach existing clones`,
    );
  const gap = objects && gapIn(objects, areTexts);
  if (gap !== undefined) return unknown(subject, ...gap);
  if (objects && objects.passedOver > 0 && (git === 'ignored' || !holds))
    return unknown(
      subject,
      `none of ${formatCount(objects.looked)} files in the repository’s history contains a key that Keel knows, but ${counted(objects.passedOver, 'file')} larger than 8 MB ${objects.passedOver === 1 ? 'was' : 'were'} not searched`,
      'search them for the key yourself, on a machine that you trust',
    );
  const history = objects
    ? `; none of ${formatCount(objects.looked)} files in its history, and no message of ${counted(objects.messages, 'commit or tag', 'commits and tags')}, contains a key that Keel knows${objects.passedOver > 0 ? ` (${objects.passedOver} larger than 8 MB skipped)` : ''}`
    : '';
  if (git === 'ignored') return pass(subject, `it is in a git work tree, which ignores it${history}`);
  if (git === 'not-ignored')
    return warn(
      subject,
      'it is in a git work tree, and nothing prevents it from being committed',
      'add its name to .gitignore',
    );
  if (git === 'unclear')
    return unknown(
      subject,
      'it is in a git work tree, but git could not be queried',
      'check yourself whether git tracks the file, or has it in its history',
    );
  const seen = git === 'tracked' ? 'git tracks it' : 'git no longer tracks it, but its history contains it';
  return pass(subject, `${seen}; no key was found in it now${history}`);
}

/** What keeps a search without a finding from saying that there is none, and what to do about it. */
function gapIn(objects: GitObjects, areTexts: boolean): [seen: string, remedy: string] | undefined {
  const byHand = 'search its history for the key yourself, on a machine that you trust';
  const searched = `${formatCount(objects.looked)} files of the repository’s history were searched`;
  if (!objects.complete) return [`${searched}, but not all`, byHand];
  if (objects.absent === 'shallow')
    return [
      `${searched}, and no key that Keel knows was found, but this clone is shallow: its earlier history is not on this machine`,
      'fetch its whole history, then check again',
    ];
  if (objects.absent === 'partial')
    return [
      `${searched}, and no key that Keel knows was found, but this is a partial clone: files of its history are not on this machine`,
      'check a full clone of the repository',
    ];
  if (objects.absent === 'missing')
    return [
      `${searched}, and no key that Keel knows was found, but objects of its history are missing or could not be listed`,
      'run git fsck in it, then check again',
    ];
  if (areTexts)
    return [
      `${searched} for keys of 32 bytes, and none that Keel knows was found; the keys of this application can be other texts, which cannot be recognised in a history`,
      byHand,
    ];
  return undefined;
}

function judgeContent(
  subject: Subject,
  file: KeyFileFacts,
  active: string | undefined,
  areTexts: boolean,
): JudgedFinding {
  const { keys, publiclyKnown, weak, form, refers, delivered } = file;
  const [first] = keys;
  if (publiclyKnown)
    return fail(
      subject,
      'it contains the example key from the documentation, which everyone knows',
      'rotate to a new key today',
    );
  if (weak)
    return fail(
      subject,
      'it contains a key that repeats a few bytes, so it was not generated at random',
      'rotate to a new key',
    );
  if (first === undefined) {
    if (areTexts)
      return unknown(
        subject,
        'up to 40 values of variables were compared with the keys that Keel knows, without a match; this application’s key can be any text, and the rest of the file was not compared',
        'check yourself that the file does not contain the key',
      );
    if (file.unreadable)
      return unknown(
        subject,
        'ENCRYPTION_KEY has a value that Keel cannot read as a key',
        'check what Ballast makes of it: it expects 32 bytes in base64',
      );
    if (refers) return pass(subject, 'it refers to the key without containing it');
    return pass(subject, 'neither a value of ENCRYPTION_KEY nor a key that Keel knows was found in it');
  }
  const which =
    keys.length > 1
      ? `${keys.length} different keys`
      : `key ${first}${first === active ? ', the active one,' : ''}`;
  if (delivered) return pass(subject, `it contains ${which}, in a place that a secrets manager writes to`);
  if (form === 'compose')
    return fail(
      subject,
      `${which} in a compose file`,
      'move it to a Docker secret or a .env file next to it, and refer to that: compose files are shared and kept in git',
    );
  if (form === 'manifest')
    return warn(
      subject,
      `${which} in a Kubernetes manifest`,
      'let a secrets operator create it (External Secrets, Sealed Secrets), so that no file contains it',
    );
  return warn(
    subject,
    `it contains ${which} in plain text`,
    'let a secrets manager provide the key to the application instead; until then, give only the owner access to the file',
  );
}

/** Folder and name: every `.env` is called that. */
function endOf(path: string): string {
  return path.split(/[/\\]/).slice(-2).join('/');
}
