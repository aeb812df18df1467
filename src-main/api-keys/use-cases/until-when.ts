/** When a key ends, for the activity log. */
export function untilWhen(expiresAt: string | undefined): string {
  return expiresAt === undefined ? 'it never expires' : `it expires on ${expiresAt.slice(0, 10)}`;
}
