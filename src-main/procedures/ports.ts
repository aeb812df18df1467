import type { AssertChosen, ForWriting } from './chosen-files.ts';
import type { Native } from './native.ts';
import type { NoteActivity } from './note-activity.ts';
import type { Workspaces } from './workspaces.ts';

/** What many procedures work with; each says which of it. */
export interface Ports {
  readonly workspaces: Workspaces;
  readonly native: Native;
  readonly note: NoteActivity;
  /** Has the window read environments again. */
  readonly changed: () => void;
  /** Throws `file-not-chosen` for a path that no native dialog named for this purpose. */
  readonly assertChosen: AssertChosen;
  /** The same for a path that is to be written, which uses it up. */
  readonly forWriting: ForWriting;
  /** How long what is copied stays on the clipboard. */
  readonly clipboardSeconds: () => number;
  /** Throws `app-locked` once the app is locked or ending. */
  readonly assertOpen: () => void;
  /** Something is being done on this environment. */
  readonly isBusy: (environment: string) => boolean;
}
