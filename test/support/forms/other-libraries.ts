import { python, fixture, lacking, runOther } from '../processes/other-programs.ts';

/** A program around a library of others: it encrypts and decrypts as the library's users do, with code of its own. */
export interface CipherLibrary {
  readonly name: string;
  readonly command: readonly [command: string, ...args: string[]];
  /** As the words that a skipped test is named with; empty where it can be run. */
  readonly lacking: string;
  /** The type of the column, by the name of the layout; `text`, or two columns where the program puts a tab between. */
  readonly layouts: Readonly<Record<string, 'text' | 'bytea' | 'two columns'>>;
}

const program = (name: string) => fixture(`libraries/${name}`);
/** Where Debian's package puts it. */
const bouncyCastle = '/usr/share/java/bcprov.jar';

export const libraries: readonly CipherLibrary[] = [
  {
    name: 'PyCryptodome',
    command: [python, program('pycryptodome.py')],
    lacking: lacking({ 'python3-pycryptodome': [python, '-c', 'import Cryptodome'] }),
    layouts: { default: 'text', '128-bit': 'text', document: 'text', 'hex-colon': 'text' },
  },
  {
    name: "Python's cryptography",
    command: [python, program('python-cryptography.py')],
    lacking: lacking({ 'python3-cryptography': [python, '-c', 'import cryptography'] }),
    layouts: { urlsafe: 'text', encodebytes: 'text', 'bytes-cfb8': 'bytea' },
  },
  {
    name: 'PHP',
    command: ['php', program('openssl.php')],
    lacking: lacking({ 'php-cli': ['php', '--version'] }),
    layouts: {
      raw: 'text',
      'double-colon': 'text',
      'hex-iv': 'text',
      'document-in-base64': 'text',
      json: 'text',
      cfb8: 'text',
    },
  },
  {
    name: 'Ruby',
    command: ['ruby', program('openssl.rb')],
    lacking: lacking({ ruby: ['ruby', '-e', "require 'openssl'"] }),
    layouts: { 'pack-m': 'text', hex: 'text', dashes: 'text', 'two-columns': 'two columns' },
  },
  {
    name: 'Go',
    command: ['go', 'run', program('stdlib.go')],
    lacking: lacking({ golang: ['go', 'version'] }),
    layouts: { url: 'text', 'raw-std': 'text', hex: 'text' },
  },
  {
    name: 'Java and Bouncy Castle',
    command: ['java', '-cp', bouncyCastle, program('Ciphers.java')],
    lacking: lacking({
      'a JDK': ['javac', '-version'],
      'libbcprov-java': ['test', '-f', bouncyCastle],
    }),
    layouts: { 'no-padding': 'text', pkcs5: 'text', 'cfb8-mime': 'text', 'bouncy-castle-hex': 'text' },
  },
  {
    name: 'crypto-js',
    command: [process.execPath, program('crypto-js.mjs')],
    lacking: '',
    layouts: { formatter: 'text', transit: 'text', 'no-padding': 'text' },
  },
  {
    name: 'forge',
    command: [process.execPath, program('forge.mjs')],
    lacking: '',
    layouts: { encode64: 'text', 'hex-dot': 'text' },
  },
];

export type Act = 'seal' | 'open';

/** What the library makes of each; undefined where it says that it cannot. */
export function askLibrary(
  { command: [command, ...args] }: CipherLibrary,
  key: Buffer,
  act: Act,
  layout: string,
  given: readonly Buffer[],
): (Buffer | undefined)[] {
  const input = given.map((bytes) => `${act} ${layout} ${bytes.toString('base64')}\n`).join('');
  const said = runOther(command, args, { input, env: { LIBRARY_KEY: key.toString('base64') } });
  const lines = said.split('\n').slice(0, -1);
  if (lines.length !== given.length)
    throw new Error(`${command} answered ${lines.length} of ${given.length}`);
  return lines.map((line) => (line === '!' ? undefined : Buffer.from(line, 'base64')));
}
