/** The key of a ring that is in use; there is at most one. */
export function activeKeyOf<Key extends { readonly state: string }>(keys: readonly Key[]): Key | undefined {
  return keys.find(({ state }) => state === 'active');
}
