/** A time of ISO 8601 in UTC for people, like `2026-11-24 09:12 UTC`. */
export function moment(at: string): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC`;
}
