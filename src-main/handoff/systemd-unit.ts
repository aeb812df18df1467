import type { EncryptionKey } from '#crypto/encryption-key';
import { fingerprintOfValue, maskOf, maskOfKey, textOfKey } from './key-text.ts';
import { assertNoReference } from './reference.ts';
import type { TextChange } from './text-file.ts';
import { namesInFile, unclear } from './unclear.ts';

/** One assignment of an `Environment=` setting. */
interface Assignment {
  /** Of the value, in UTF-16 units from the start of the text. */
  readonly start: number;
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}

/**
 * What a systemd unit, a drop-in or a Quadlet becomes when `variable` gets a new key in its `Environment=` (systemd.exec(5),
 * systemd.syntax(7), podman-systemd.unit(5)). Nothing but the value changes. Throws `file-unwritable`, naming lines and no values,
 * where it is not set exactly once.
 */
export function planSystemdUnit(
  variable: string,
): (text: string, key: EncryptionKey | undefined, file: string) => TextChange {
  return (text, key, file) => {
    const { start, value, line } = onlyAssignment(text, variable, file);
    if (leavesUnset(text, variable) === true) {
      throw unclear(
        file,
        `its UnsetEnvironment= removes ${variable}, so that the application does not get it`,
        `remove ${variable} from UnsetEnvironment=, then start again`,
      );
    }
    assertNoReference(value, file, line);
    const lead = `line ${line}: Environment=${variable}=`;
    return {
      text: text.slice(0, start) + textOfKey(key) + text.slice(start + value.length),
      diffMasked: `-${lead}[${maskOf(value, key)}]\n+${lead}[${maskOfKey(key)}]`,
      holds: fingerprintOfValue(value, key),
      vacant: value === '',
    };
  };
}

function onlyAssignment(text: string, variable: string, file: string): Assignment {
  const [only, ...more] = assignmentsOf(text, variable);
  if (
    !only &&
    settingsOf(text, 'PassEnvironment').some(({ words }) => words.some((one) => one.text === variable))
  ) {
    throw unclear(
      file,
      `its PassEnvironment= takes ${variable} from the environment of systemd itself`,
      'change it there, such as in DefaultEnvironment= of /etc/systemd/system.conf, or set it in the unit with Environment=',
    );
  }
  if (!only) {
    const files = [...text.matchAll(/^[ \t]*EnvironmentFile[ \t]*=[ \t]*-?(\S+)/gm)].map(
      ([, path = '']) => path,
    );
    throw unclear(
      file,
      `no Environment= in it sets ${variable}`,
      files.length > 0
        ? `hand off the key to the environment file that it reads: ${namesInFile(files)}`
        : 'specify the unit or drop-in whose Environment= sets it, or the file that the unit reads it from',
    );
  }
  if (more.length === 0) return only;
  const lines = [only, ...more].map(({ line }) => line).join(', ');
  throw unclear(
    file,
    `it sets ${variable} more than once (lines ${lines})`,
    'keep the last one and remove the others',
  );
}

/** Every word of every `Environment=` that sets the variable. An empty one takes back all that were set before it (systemd.exec(5)). */
function assignmentsOf(text: string, variable: string): Assignment[] {
  const found: Assignment[] = [];
  for (const { words } of settingsOf(text, 'Environment')) {
    if (words.length === 0) found.length = 0;
    for (const { at, text: word } of words) {
      const [, lead = '', value = ''] = /^(["']?[^=]*=["']?)(.*?)["']?$/s.exec(word) ?? [];
      if (lead.replace(/["'=]/g, '') !== variable) continue;
      const start = at + lead.length;
      found.push({ start, value, line: text.slice(0, start).split(/\r\n|\n|\r/).length });
    }
  }
  return found;
}

/** Whether a unit or drop-in leaves what was set before it without effect: its last empty `Environment=` is not followed by one that sets the variable. */
export function takesBack(text: string, variable: string): boolean {
  return (
    settingsOf(text, 'Environment').some(({ words }) => words.length === 0) &&
    assignmentsOf(text, variable).length === 0
  );
}

/**
 * Whether `UnsetEnvironment=` removes the variable at the end, whatever sets it; false where the list is emptied, and undefined where it says nothing. An
 * assignment in it removes that value alone.
 */
export function leavesUnset(text: string, variable: string): boolean | undefined {
  let unset: boolean | undefined;
  for (const { words } of settingsOf(text, 'UnsetEnvironment')) {
    if (words.length === 0) unset = false;
    if (words.some((word) => word.text.replace(/^(["'])(.*)\1$/s, '$2') === variable)) unset = true;
  }
  return unset;
}

interface Word {
  /** In UTF-16 units from the start of the text. */
  readonly at: number;
  /** With its quotes. */
  readonly text: string;
}

/** The words of each setting of a name. A line goes on where it ends in a backslash. */
function settingsOf(text: string, name: string): { readonly words: readonly Word[] }[] {
  // comments between the lines of one setting are passed over (systemd.syntax(7))
  const settings = new RegExp(
    `^[ \\t]*${name}[ \\t]*=((?:\\\\\\r?\\n(?:[ \\t]*[#;][^\\r\\n]*\\r?\\n)*|[^\\r\\n])*)`,
    'gm',
  );
  return [...text.matchAll(settings)]
    .filter(({ index }) => isRead(text.slice(0, index)))
    .map(({ 0: whole, 1: written = '', index }) => {
      const from = index + whole.length - written.length;
      const list = written.replace(/^[ \t]*[#;].*$|\\\r?$/gm, (passed) => ' '.repeat(passed.length));
      // a word may be quoted as a whole, or its value alone
      const words = list.matchAll(
        /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?:\\.|[^\s"'\\]|"(?:\\.|[^"\\])*"|'[^']*')+/gs,
      );
      return { words: [...words].map((word) => ({ at: from + word.index, text: word[0] })) };
    });
}

/** Whether what follows is in a section that has an environment: systemd ignores Environment= in the others. */
function isRead(before: string): boolean {
  const section = [...before.matchAll(/^[ \t]*\[([^\]\r\n]+)\]/gm)].at(-1)?.[1];
  return section !== 'Unit' && section !== 'Install';
}
