/** Switches of Chromium that change how the window looks, and nothing that it may do. */
const harmless: ReadonlySet<string> = new Set([
  'disable-gpu',
  'force-device-scale-factor',
  'lang',
  'ozone-platform',
  'ozone-platform-hint',
]);

/**
 * The first argument that a packaged Keel does not start with, or undefined. It takes none of its own, and Chromium's could open a
 * debugging port, leave out the sandbox or the page's policy; so what is not known to be harmless is refused.
 */
export function refusedArgument(args: readonly string[]): string | undefined {
  return args.find((argument) => !harmless.has(/^--([a-z-]+)(?:=|$)/.exec(argument)?.[1] ?? ''));
}

/** What to say then. Without user namespaces an AppImage is started with `--no-sandbox` by its own wrapper. */
export function wordsForRefused(argument: string): string {
  const remedy =
    argument === '--no-sandbox'
      ? 'if you did not pass it, this system does not offer a sandbox to programs: install the deb package, or allow unprivileged user namespaces'
      : 'start Keel without it';
  return `Keel does not start with ${argument.slice(0, 100)}, which would weaken the window’s protection; ${remedy}`;
}
