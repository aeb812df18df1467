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

/** Every word of every `Environment=` that sets the variable. A line goes on where it ends in a backslash. */
function assignmentsOf(text: string, variable: string): Assignment[] {
  const found: Assignment[] = [];
  // comments between the lines of one setting are passed over (systemd.syntax(7))
  const settings = /^[ \t]*Environment[ \t]*=((?:\\\r?\n(?:[ \t]*[#;][^\r\n]*\r?\n)*|[^\r\n])*)/gm;
  for (const setting of text.matchAll(settings)) {
    const [whole, written = ''] = setting;
    const from = setting.index + whole.length - written.length;
    const list = written.replace(/^[ \t]*[#;].*$|\\\r?$/gm, (passed) => ' '.repeat(passed.length));
    if (!isRead(text.slice(0, setting.index))) continue;
    // an empty one takes back all that were set before it (systemd.exec(5), “Environment=”)
    if (list.trim() === '') found.length = 0;
    // a word may be quoted as a whole, or its value alone
    for (const word of list.matchAll(
      /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?:\\.|[^\s"'\\]|"(?:\\.|[^"\\])*"|'[^']*')+/gs,
    )) {
      const [, lead = '', value = ''] = /^(["']?[^=]*=["']?)(.*?)["']?$/s.exec(word[0]) ?? [];
      if (lead.replace(/["'=]/g, '') !== variable) continue;
      const start = from + word.index + lead.length;
      found.push({ start, value, line: text.slice(0, start).split(/\r\n|\n|\r/).length });
    }
  }
  return found;
}

/** Whether what follows is in a section that has an environment: systemd ignores Environment= in the others. */
function isRead(before: string): boolean {
  const section = [...before.matchAll(/^[ \t]*\[([^\]\r\n]+)\]/gm)].at(-1)?.[1];
  return section !== 'Unit' && section !== 'Install';
}
