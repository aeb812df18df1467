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
      ? `it compares the ciphertext with something else, or it is NOT VALID and the row violated it before`
      : `the new ciphertexts would violate it`;
  return new KeelError(
    'write-refused',
    `the constraint “${name}” on ${where} rejects a row with its new ciphertext: ${why}; everything was rolled back and nothing was changed`,
    code === checkViolation
      ? `fix the rows that already violate it, or drop it for the duration of the rotation (ALTER TABLE … DROP CONSTRAINT …) and add it again once the values that it compares are up to date`
      : 'drop it for the duration of the rotation (ALTER TABLE … DROP CONSTRAINT …) and add it again',
    { cause: error },
  );
}
