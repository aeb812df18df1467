/** What stands around the app in place of a desktop and a person: answers dialogs, keeps what was shown and asked for. */
export interface Desk {
  openDialog(options: OpenDialog): Promise<string | undefined>;
  saveDialog(options: SaveDialog): Promise<string | undefined>;
  /** The index of the button. */
  messageBox(options: MessageBox): Promise<number>;
  openExternal(url: string): Promise<void>;
  notified(title: string, body: string): void;
  copied(text: string): void;
}

export interface FileFilter {
  readonly name: string;
  readonly extensions: readonly string[];
}

export interface SaveDialog {
  readonly title?: string;
  readonly message?: string;
  readonly defaultPath?: string;
  readonly buttonLabel?: string;
  readonly filters?: readonly FileFilter[];
  readonly properties?: readonly string[];
}
export type OpenDialog = SaveDialog;

export interface MessageBox {
  readonly type?: string;
  readonly title?: string;
  readonly message: string;
  readonly detail?: string;
  readonly buttons?: readonly string[];
  readonly defaultId?: number;
  readonly cancelId?: number;
}
