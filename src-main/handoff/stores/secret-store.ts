import { KeelError } from '#errors/keel-error';
import { type ProgramAnswer, refusalOf, runProgram } from '#handoff/programs/outside-program';
import type { Program } from '#handoff/programs/program-of';

/** A secret that a program of the admin's keeps as one text. Holds no secret itself. */
export interface SecretStore {
  /** For showing. */
  readonly where: string;
  /** The text as it is; undefined where there is no such secret. Throws `file-unwritable`. */
  read(): Promise<string | undefined>;
  /** Writes another text in its place, which the program gets by its input alone. Throws `file-unwritable`. */
  write(text: string): Promise<void>;
}

/** A program, and what is said of it. */
export interface StoreProgram {
  readonly name: Program;
  /** Variables of the environment that it reads, beside those that every program is given. */
  readonly variables: RegExp;
  /** What to do where it refuses. */
  readonly remedy: string;
}

/** For proxies and certificates, which programs of all clouds read. */
const network = /^(?:https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE)$/;

/** Runs it with the admin's own login. The caller wipes what comes out. */
export async function ask(
  { name, variables }: StoreProgram,
  args: readonly string[],
  text?: string,
): Promise<ProgramAnswer> {
  const input = Buffer.from(text ?? '', 'utf8');
  const either = new RegExp(`${variables.source}|${network.source}`);
  try {
    return await runProgram(name, args, input, either);
  } finally {
    input.fill(0);
  }
}

/** What came out, as text; the bytes are wiped. */
export function textOf({ stdout }: ProgramAnswer): string {
  const text = stdout.toString('utf8');
  stdout.fill(0);
  return text;
}

/** The failure of a program that refused. */
export function refusedBy({ name, remedy }: StoreProgram, where: string, answer: ProgramAnswer): KeelError {
  answer.stdout.fill(0);
  return new KeelError('file-unwritable', `${where} was not changed: ${refusalOf(name, answer)}`, remedy);
}

/** A file that the program reads its input from. Throws `file-unwritable` where the system has none. */
export function inputAsFile(where: string): string {
  if (process.platform !== 'win32') return '/dev/stdin';
  throw new KeelError(
    'file-unwritable',
    `${where} was not changed: on Windows its CLI accepts a secret only from a file or from its arguments`,
    'run Keel on Linux or macOS, or in WSL',
  );
}
