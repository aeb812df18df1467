import { keyShapesIn } from '#crypto/key-shapes';
import { KeelError } from '#errors/keel-error';
import type { Text } from '#errors/text';

/** A file in which it is not clear where the key belongs; `what` names lines and no values. It was not changed. */
export function unclear(file: string, what: string, remedy: Text): KeelError {
  return new KeelError('file-unwritable', `${file} was not changed: ${what}`, remedy);
}

/** As the objects of a file are called: services, Secrets, files. */
const plain = /^[\w.@/~=+-]{1,80}$/;
const most = 8;

/**
 * Names that a file has, for a message that helps to choose one of them. What is written where a name belongs may be anything, a secret too: it
 * is counted, and not repeated.
 */
export function namesInFile(names: readonly string[]): string {
  const shown = names.filter(isName).slice(0, most);
  const others = names.length - shown.length;
  if (others === 0) return shown.join(', ');
  return shown.length === 0
    ? `${others} whose names are not shown`
    : `${shown.join(', ')} and ${others} more`;
}

/** The same for one of them. */
export function nameInFile(name: string): string {
  return isName(name) ? name : '(a name that is not shown)';
}

function isName(name: string): boolean {
  return plain.test(name) && keyShapesIn(name).size === 0;
}
