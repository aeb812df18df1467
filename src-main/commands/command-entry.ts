import type { Command } from '@commander-js/extra-typings';

/** A command, of which nothing is loaded before it is given or its own help is asked for. */
export interface CommandEntry {
  readonly summary: string;
  /** Other names by which it can be run. */
  readonly aliases?: readonly string[];
  readonly load: () => Promise<{ define(command: Command): void }>;
}

/** Commands that share their first word. */
export interface CommandGroup {
  readonly summary: string;
  readonly commands: Readonly<Record<string, CommandEntry>>;
}

/** Commands by the word that one types. */
export type Commands = Readonly<Record<string, CommandEntry | CommandGroup>>;
