export interface DiffLine {
  readonly sign: '-' | '+' | ' ';
  readonly text: string;
}

/** Takes a unified diff apart into lines. Headers of files and hunks are left out: the path stands above. */
export function diffLines(diff: string): DiffLine[] {
  return diff
    .split('\n')
    .filter((line) => line !== '' && !/^(?:---|\+\+\+|@@)/.test(line))
    .map((line) => {
      const sign = line.charAt(0);
      return sign === '-' || sign === '+'
        ? { sign, text: line.slice(1) }
        : { sign: ' ', text: sign === ' ' ? line.slice(1) : line };
    });
}
