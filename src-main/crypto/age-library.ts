/** The age library, loaded when something is sealed or opened: it takes longer to load than most commands take. */
export function ageLibrary(): Promise<typeof import('age-encryption')> {
  return import('age-encryption');
}
