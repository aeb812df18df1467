import type { Client, ClientBase } from 'pg';

/** What asks answer, in their order. */
type Answers<Asks extends readonly (() => Promise<unknown>)[]> = {
  -readonly [Ask in keyof Asks]: Awaited<ReturnType<Asks[Ask]>>;
};

/**
 * Asks several things over one connection without waiting for an answer before the next is asked: one round trip, where each asks once.
 * The server works them off in order, each by itself; in a transaction, what follows one that failed fails too. All are waited for;
 * the first that failed is thrown. Only for statements that do not depend on an answer, and no COPY, which the driver does not send so.
 */
export async function pipelined<const Asks extends readonly (() => Promise<unknown>)[]>(
  client: ClientBase,
  asks: Asks,
): Promise<Answers<Asks>> {
  const driver = client as Omit<Client, 'pipeline'> & { pipeline: boolean };
  const { stream } = driver.connection;
  // an ask may ask several things itself
  const before = driver.pipeline;
  driver.pipeline = true;
  stream.cork();
  const answers = asks.map(async (ask) => ask());
  stream.uncork();
  try {
    const outcomes = await Promise.allSettled(answers);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
    return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as Answers<Asks>;
  } finally {
    driver.pipeline = before;
  }
}
