// Apart from the driver: whoever waits asks for it, and most commands load no driver.

let underWay = 0;

/** Whether a COMMIT of this process is sent and not answered. */
export function isCommitting(): boolean {
  return underWay > 0;
}

/** Runs a COMMIT, and counts it as under way until it is answered. */
export async function countingCommit<T>(commit: () => Promise<T>): Promise<T> {
  underWay += 1;
  try {
    return await commit();
  } finally {
    underWay -= 1;
  }
}
