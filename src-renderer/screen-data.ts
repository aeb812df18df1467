import type { LongName } from '#contract/procedures';
import type { IconName } from './components/marks/icon-outlines.ts';

/** The groups of the sidebar, in their order; `app` is at its foot. */
export const screenGroups = ['key', 'secrets', 'log', 'app'] as const;

/**
 * What the frame and the native menus have to know of a screen. Data alone: the main process takes it too, and everything that a
 * screen is made of may ask which screens there are.
 */
export interface ScreenData {
  /** As the sidebar and the palette call it. */
  readonly title: string;
  readonly icon: IconName;
  /** Where the sidebar lists it, if it does. */
  readonly group?: (typeof screenGroups)[number];
  /** Then it is given one, and is there only while there is one. */
  readonly needsEnvironment: boolean;
  /** With Ctrl or ⌘, as the keyboard event names it. */
  readonly shortcut?: string;
  /** In which native menu it is, and how that calls it if not by its title. */
  readonly menu?: { readonly under: 'file' | 'go' | 'app'; readonly label?: string };
  /** Long work that is seen there in full, with its result. */
  readonly operations: readonly LongName[];
}
