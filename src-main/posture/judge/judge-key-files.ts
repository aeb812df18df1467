import type { KeyFileFacts, PostureFacts } from '#posture/facts';
import { type JudgedFinding, fail, pass, type Subject, unknown, warn } from '#posture/finding';

const whyFiles = 'Whoever reads the key can decrypt every credential of a database dump.';
const move = 'rotate the key: it was open to others; then keep the new one';

/** Where the key lies: each file that the admin named, by what is worst about it first. */
export function judgeKeyFiles({ keyFiles, keys }: PostureFacts): JudgedFinding[] {
  if (keyFiles.length === 0) {
    const subject: Subject = { id: 'keys.files', area: 'keys', title: 'Where the key lies', why: whyFiles };
    return [
      unknown(subject, 'no file was named', 'name the .env or compose file from which Ballast reads its key'),
    ];
  }
  return keyFiles.flatMap((file, index) => judgeFile(file, index + 1, keys?.active?.fingerprint));
}

function judgeFile(file: KeyFileFacts, number: number, active: string | undefined): JudgedFinding[] {
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
        'check the path, and that this account may read it',
      ),
    ];
  return [
    judgeRights(about('rights', 'Rights'), file),
    judgeGit(about('git', 'Git'), file, active),
    judgeContent(about('content', 'Key in it'), file, active),
  ];
}

function judgeRights(subject: Subject, { path, othersMay, groupMayRead }: KeyFileFacts): JudgedFinding {
  if (othersMay === undefined)
    return unknown(
      subject,
      'the rights of this system are not read by Keel',
      `look at who may read it: icacls "${path}"`,
    );
  if (othersMay === 'write')
    return fail(
      subject,
      `every account of the machine can change or replace ${path}`,
      `chmod 600 ${path}, and take others’ right to write off its folder`,
    );
  if (othersMay === 'read')
    return fail(subject, `every account of the machine can read ${path}`, `chmod 600 ${path}`);
  if (groupMayRead)
    return warn(
      subject,
      `its group can read ${path}`,
      `chmod 600 ${path}, unless the group is Ballast’s own`,
    );
  return pass(
    subject,
    `by its mode and its folder’s, only its owner may read ${path}; access lists were not checked`,
  );
}

function judgeGit(
  subject: Subject,
  { git, keys, objects }: KeyFileFacts,
  active: string | undefined,
): JudgedFinding {
  const holds = keys.length > 0;
  const [inHistory, ...more] = objects?.keys ?? [];
  if (inHistory !== undefined) {
    const known = [inHistory, ...more];
    const isActive = active !== undefined && known.includes(active);
    const found = `the repository’s files of all times hold ${isActive ? `key ${active}, the active one` : `key ${known.join(', ')}`}`;
    return isActive
      ? fail(
          subject,
          `${found}: every clone has it`,
          `${move} outside the repository; rewriting history does not call clones back`,
        )
      : warn(
          subject,
          `${found}, which is not in use`,
          'see to it that dumps of its time are out of reach of whoever has a clone',
        );
  }
  if (git === 'none') return pass(subject, 'it is in no git work tree');
  if (objects && !objects.complete)
    return unknown(
      subject,
      `${objects.looked.toLocaleString('en')} files of the repository’s history were looked through, and not all`,
      'search its history for the key yourself, on a machine that you trust',
    );
  const history = objects
    ? `; none of ${objects.looked.toLocaleString('en')} files of its history holds a key that Keel knows${objects.passedOver > 0 ? ` (${objects.passedOver} larger than 1 MB passed over)` : ''}`
    : '';
  if (git === 'ignored') return pass(subject, `it is in a git work tree, which ignores it${history}`);
  if (git === 'not-ignored')
    return warn(
      subject,
      'it is in a git work tree, and nothing keeps it from being added',
      'add its name to .gitignore',
    );
  if (git === 'unclear')
    return unknown(
      subject,
      'it is in a git work tree, and git could not be asked about it',
      'ask yourself whether git lists the file, or its history does',
    );
  const seen = git === 'tracked' ? 'git has it' : 'git does not have it any more, but its history does';
  if (!holds) return pass(subject, `${seen}; no key was found in it now${history}`);
  return fail(
    subject,
    `${seen}: every clone has the key`,
    `${move} outside the repository; rewriting history does not call clones back`,
  );
}

function judgeContent(subject: Subject, file: KeyFileFacts, active: string | undefined): JudgedFinding {
  const { keys, publiclyKnown, weak, form, refers, delivered } = file;
  const [first] = keys;
  if (publiclyKnown)
    return fail(
      subject,
      'it holds the example key printed in the documentation, which everyone knows',
      'rotate to a new key today',
    );
  if (weak)
    return fail(
      subject,
      'it holds a key of a few bytes over and over, which was not drawn at random',
      'rotate to a new key',
    );
  if (first === undefined) {
    if (refers) return pass(subject, 'it names the key without holding it');
    return pass(subject, 'neither a value of ENCRYPTION_KEY nor a key that Keel knows was found in it');
  }
  const which =
    keys.length > 1
      ? `${keys.length} different keys`
      : `key ${first}${first === active ? ', the active one,' : ''}`;
  if (delivered) return pass(subject, `it holds ${which}, in a place that a secrets manager fills`);
  if (form === 'compose')
    return fail(
      subject,
      `${which} in a compose file`,
      'put it into a Docker secret or a .env beside it, and refer to that: compose files are shared and kept in git',
    );
  if (form === 'manifest')
    return warn(
      subject,
      `${which} in a Kubernetes manifest`,
      'have an operator for secrets make it (External Secrets, Sealed Secrets), so that no file holds it',
    );
  return warn(
    subject,
    `it holds ${which} in the clear`,
    'let a secrets manager hand the key to Ballast instead; until then, keep the file its owner’s alone',
  );
}

/** Folder and name: every `.env` is called that. */
function endOf(path: string): string {
  return path.split(/[/\\]/).slice(-2).join('/');
}
