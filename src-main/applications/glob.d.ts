/** What Vite makes of a pattern as it builds: one import for each file. */
interface ImportMeta {
  glob<T>(pattern: string, options: { readonly eager: true; readonly import: 'default' }): Record<string, T>;
}
