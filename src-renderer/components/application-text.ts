import type { ApplicationInBrief } from '#contract/application';

/** Why keys of an application are backed up as files only; undefined where they can also be words, shares or printed. */
export function onlyAsFile({ name, hasWords }: ApplicationInBrief): string | undefined {
  return hasWords
    ? undefined
    : `Recovery words, shares and paper kits exist only for keys of 32 bytes in base64. ${name} reads its key as a text, so it is backed up as an encrypted file.`;
}

/** Where the key of an application is, and what a new one looks like: `SECRET_KEY · 64 hexadecimal digits`. */
export function keyInWords({ variables, newKey }: ApplicationInBrief): string {
  return `${variables.join(', or ')} · ${newKey}`;
}
