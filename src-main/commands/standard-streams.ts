/** What became of what was written to standard output. */
export interface StandardOutput {
  /**
   * Waits until everything is written, or cannot be. Returns why it could not: `reader-gone` where who read it closed it, like `| head`,
   * otherwise the system's words.
   */
  flushed(): Promise<'reader-gone' | { readonly why: string } | undefined>;
}

/**
 * Keeps a stream that fails from ending the process: what a command is about, a rotation for one, counts more than its
 * report. Messages on stderr that nobody reads are lost, since there is nobody to tell.
 */
export function watchStandardStreams(): StandardOutput {
  let failure: NodeJS.ErrnoException | undefined;
  process.stdout.on('error', (error) => {
    failure ??= error;
  });
  process.stderr.on('error', () => {});
  return {
    async flushed() {
      await drained(process.stdout);
      await drained(process.stderr);
      if (!failure) return undefined;
      return failure.code === 'EPIPE' ? 'reader-gone' : { why: failure.message };
    },
  };
}

/** A stream that failed calls back too, with its error. */
async function drained(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((done) => {
    stream.write('', () => done());
  });
  // the error itself comes a turn after it was called back
  await new Promise((done) => {
    setImmediate(done);
  });
}
