/** Name of every connection of a session, by which `recover` finds those that a crash left behind. */
export function sessionName(rewriteId: string): string {
  return `keel ${rewriteId}`;
}
