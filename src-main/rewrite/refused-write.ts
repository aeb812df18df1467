import { KeelError } from '#errors/keel-error';

/** What PostgreSQL names in an error of class 23, integrity constraint violation. Its DETAIL shows row data and is not taken. */
interface ViolationError {
  readonly code?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly constraint?: string;
}

const checkViolation = '23514';

/** A constraint that the new ciphertexts break, as an error that names it and says how to go on; undefined for other errors. */
export function refusedWrite(error: unknown): KeelError | undefined {
  if (error instanceof KeelError || !(error instanceof Error)) return undefined;
  const { code = '', schema, table, constraint } = error as ViolationError;
  if (!code.startsWith('23') || constraint === undefined) return undefined;
  const [name, where] = [constraint, `${schema}.${table}`].map((text) => text.replace(/\p{C}/gu, '\u{fffd}'));
  const why =
    code === checkViolation
      ? `it compares the ciphertext with something else, or is NOT VALID and the row broke it before`
      : `its values would not be valid with the new ciphertexts`;
  return new KeelError(
    'write-refused',
    `the constraint “${name}” on ${where} refuses a row with its new ciphertext: ${why}; everything was rolled back, nothing was changed`,
    code === checkViolation
      ? `correct the rows that break it already, or drop it for the time of the rotation (ALTER TABLE … DROP CONSTRAINT …) and add it again once what it compares is up to date`
      : 'drop it for the time of the rotation (ALTER TABLE … DROP CONSTRAINT …) and add it again',
    { cause: error },
  );
}
