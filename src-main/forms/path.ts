import { KeelError } from '#errors/keel-error';

/**
 * A step into a document, an array, a composite value or an hstore: a member's name or one of several names, an element's
 * number, every element, or every member.
 */
export type PathStep =
  | { readonly member: string }
  | { readonly oneOf: readonly string[] }
  | { readonly index: number }
  | 'elements'
  | 'members';

/** Reads `$.auth.token`, `$["odd key"]`, `$.list[*]`, `$[0]`, `$.*`; throws `inventory-malformed`. */
export function parsePath(text: string): PathStep[] {
  const steps: PathStep[] = [];
  const token =
    /\.\*|\[\*\]|\[(\d{1,6})\]|\.([\p{L}_][\p{L}\p{N}_-]*)|\[("(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")\]/uy;
  token.lastIndex = 1;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (!match) {
      throw new KeelError(
        'inventory-malformed',
        `the path ${JSON.stringify(text)} is invalid at character ${at + 1}`,
        'write it like `$.auth.token`, `$["odd key"]`, `$.list[*].secret`, `$[0]` or `$.*.token`',
      );
    }
    const [whole, index, name, quoted] = match;
    if (whole === '.*') steps.push('members');
    else if (whole === '[*]') steps.push('elements');
    else if (index !== undefined) steps.push({ index: Number(index) });
    else steps.push({ member: name ?? (JSON.parse(quoted as string) as string) });
  }
  return steps;
}

/** The text form; `parsePath` reads it back. */
export function formatPath(steps: readonly PathStep[]): string {
  return `$${steps.map(formatStep).join('')}`;
}

function formatStep(step: PathStep): string {
  if (step === 'elements') return '[*]';
  if (step === 'members') return '.*';
  if ('index' in step) return `[${step.index}]`;
  const name = 'member' in step ? step.member : step.oneOf.join('|');
  return /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** Whether a step leads to this child of a value. */
export function leadsTo(step: PathStep, child: { readonly name?: string; readonly index?: number }): boolean {
  if (step === 'elements') return child.index !== undefined;
  if (step === 'members') return child.name !== undefined;
  if ('index' in step) return child.index === step.index;
  if (child.name === undefined) return false;
  return 'member' in step ? child.name === step.member : step.oneOf.includes(child.name);
}

/** Whether two paths can lead to the same place of some value, or one to a place inside the other's. */
export function pathsOverlap(one: readonly PathStep[], other: readonly PathStep[]): boolean {
  return one.slice(0, other.length).every((step, i) => stepsMeet(step, other[i] as PathStep));
}

/** Whether two steps can lead to the same child. */
export function stepsMeet(one: PathStep, other: PathStep): boolean {
  if (one === 'elements' || other === 'elements') {
    const rest = one === 'elements' ? other : one;
    return rest === 'elements' || (typeof rest === 'object' && 'index' in rest);
  }
  if (one === 'members' || other === 'members') {
    const rest = one === 'members' ? other : one;
    return rest === 'members' || (typeof rest === 'object' && !('index' in rest));
  }
  if ('index' in one || 'index' in other)
    return 'index' in one && 'index' in other && one.index === other.index;
  const names = namesOf(one);
  return namesOf(other).some((name) => names.includes(name));
}

function namesOf(
  step: { readonly member: string } | { readonly oneOf: readonly string[] },
): readonly string[] {
  return 'member' in step ? [step.member] : step.oneOf;
}
