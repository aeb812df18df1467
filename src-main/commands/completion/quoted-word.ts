/** A text as one word of a POSIX shell. */
export function quotedWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The same for fish, which reads a backslash within quotes. */
export function quotedForFish(text: string): string {
  return `'${text.replace(/['\\]/g, String.raw`\$&`)}'`;
}
