import { KeelError } from '#errors/keel-error';

/** A file in which it is not clear where the key belongs; `what` names lines and no values. It was not changed. */
export function unclear(file: string, what: string, remedy: string): KeelError {
  return new KeelError('file-unwritable', `${file} was not changed: ${what}`, remedy);
}
