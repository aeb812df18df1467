import { dirname, join } from 'node:path';
import type { BaseWindow, Dialog, FileFilter, OpenDialogOptions, SaveDialogOptions } from 'electron';
import type { FilePurpose } from '#contract/app';
import type { Question } from '#procedures/consent/consent';

interface FileDialog {
  readonly kind: 'open' | 'save';
  readonly title: string;
  readonly button: string;
  readonly filters: FileFilter[];
}

const anyFile: FileFilter = { name: 'All files', extensions: ['*'] };
const textFiles: FileFilter = { name: 'Text files', extensions: ['txt'] };

/** The words of each dialog. A `.env` has no extension that a filter could name, so it comes last there. */
export const fileDialogs: Readonly<Record<FilePurpose, FileDialog>> = {
  'open-env': {
    kind: 'open',
    title: 'Choose an environment file',
    button: 'Choose',
    filters: [anyFile, { name: 'Environment files', extensions: ['env'] }],
  },
  'open-handoff': {
    kind: 'open',
    title: 'Choose the file that the application reads its key from',
    button: 'Choose',
    filters: [anyFile, { name: 'YAML', extensions: ['yaml', 'yml'] }],
  },
  'open-age': {
    kind: 'open',
    title: 'Choose an age file',
    button: 'Choose',
    filters: [{ name: 'age files', extensions: ['age'] }, anyFile],
  },
  'open-identity': {
    kind: 'open',
    title: 'Choose an age identity file',
    button: 'Choose',
    filters: [anyFile],
  },
  'open-words': {
    kind: 'open',
    title: 'Choose a file with recovery words',
    button: 'Choose',
    filters: [textFiles, anyFile],
  },
  'open-shares': {
    kind: 'open',
    title: 'Choose shares',
    button: 'Choose',
    filters: [textFiles, anyFile],
  },
  'open-photo': {
    kind: 'open',
    title: 'Choose a photo or scan of the code',
    button: 'Choose',
    filters: [{ name: 'Images and PDFs', extensions: ['png', 'jpg', 'jpeg', 'pdf'] }, anyFile],
  },
  'open-certificate': {
    kind: 'open',
    title: 'Choose a certificate or key',
    button: 'Choose',
    filters: [{ name: 'Certificates and keys', extensions: ['pem', 'crt', 'cer', 'key'] }, anyFile],
  },
  'open-connection': {
    kind: 'open',
    title: 'Choose a .env, .pgpass or pg_service.conf',
    button: 'Import',
    filters: [anyFile],
  },
  'save-activity': {
    kind: 'save',
    title: 'Save the activity log',
    button: 'Save',
    filters: [
      { name: 'Tables', extensions: ['csv'] },
      { name: 'JSON lines', extensions: ['jsonl'] },
    ],
  },
  'save-credential': {
    kind: 'save',
    title: 'Choose the credential file',
    button: 'Choose',
    filters: [anyFile],
  },
  'save-age': {
    kind: 'save',
    title: 'Save the backup',
    button: 'Save',
    filters: [{ name: 'age files', extensions: ['age'] }],
  },
  'save-recipients': {
    kind: 'save',
    title: 'Save the backup encrypted to public keys',
    button: 'Save',
    filters: [{ name: 'age files', extensions: ['age'] }],
  },
  'save-archive': {
    kind: 'save',
    title: 'Save the credential archive',
    button: 'Save',
    filters: [{ name: 'age files', extensions: ['age'] }],
  },
  'open-archive': {
    kind: 'open',
    title: 'Choose a credential archive',
    button: 'Choose',
    filters: [{ name: 'age files', extensions: ['age'] }, anyFile],
  },
  'open-key-file': {
    kind: 'open',
    title: 'Choose a file that may contain the key',
    button: 'Choose',
    filters: [anyFile],
  },
  'save-report-html': {
    kind: 'save',
    title: 'Save the report',
    button: 'Save',
    filters: [{ name: 'Web pages', extensions: ['html'] }],
  },
  'save-report-pdf': {
    kind: 'save',
    title: 'Save the report',
    button: 'Save',
    filters: [{ name: 'PDF documents', extensions: ['pdf'] }],
  },
  'save-words': {
    kind: 'save',
    title: 'Save the recovery words in plain text',
    button: 'Save',
    filters: [textFiles],
  },
  'save-paper': {
    kind: 'save',
    title: 'Save the paper kit',
    button: 'Save',
    filters: [{ name: 'PDF documents', extensions: ['pdf'] }],
  },
  'save-paper-words': {
    kind: 'save',
    title: 'Save the paper kit with the recovery words in plain text',
    button: 'Save',
    filters: [{ name: 'PDF documents', extensions: ['pdf'] }],
  },
  'save-paper-shares': {
    kind: 'save',
    title: 'Save the paper kit with the shares in plain text',
    button: 'Save',
    filters: [{ name: 'PDF documents', extensions: ['pdf'] }],
  },
  'save-shares': {
    kind: 'save',
    title: 'Choose a folder name for the shares',
    button: 'Save',
    filters: [anyFile],
  },
};

/** How files are chosen: one, and none if the dialog was called off, or several of which none is written. */
export type ChooseFiles = (
  window: BaseWindow,
  purpose: FilePurpose,
  options: {
    readonly suggestedName?: string | undefined;
    readonly several?: boolean;
    /** Fingerprint of the key that is to be written there. */
    readonly key?: string | undefined;
  },
) => Promise<string[]>;

/** Native dialogs that begin in the folder that was last used for the same purpose. */
export function createFileDialogs(dialog: Dialog): ChooseFiles {
  const folders = new Map<FilePurpose, string>();
  return async (window, purpose, { suggestedName, several = false, key }) => {
    const { kind, title: words, button, filters } = fileDialogs[purpose];
    const title = key === undefined ? words : `${words}: key ${key}`;
    const defaultPath = defaultPathOf(folders.get(purpose), suggestedName);
    const common = {
      title,
      message: title,
      buttonLabel: button,
      filters,
      ...(defaultPath && { defaultPath }),
    };
    const properties = several ? [...openProperties, 'multiSelections' as const] : openProperties;
    const paths =
      kind === 'open'
        ? (await dialog.showOpenDialog(window, { ...common, properties })).filePaths
        : [(await dialog.showSaveDialog(window, { ...common, properties: saveProperties })).filePath];
    const [first] = paths;
    if (!first) return [];
    folders.set(purpose, dirname(first));
    return several ? paths : [first];
  };
}

// what is chosen here concerns keys: it stays out of the system's list of recent files
const openProperties: NonNullable<OpenDialogOptions['properties']> = [
  'openFile',
  'showHiddenFiles',
  'dontAddToRecent',
];
const saveProperties: NonNullable<SaveDialogOptions['properties']> = [
  'createDirectory',
  'showOverwriteConfirmation',
  'dontAddToRecent',
];

/** Whether the admin agreed. Whatever closes the dialog by accident, Enter too, is a no, and so is the signal. */
export async function askAdmin(
  dialog: Pick<Dialog, 'showMessageBox'>,
  window: BaseWindow,
  { message, detail, button }: Question,
  signal: AbortSignal,
): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    title: 'Keel',
    message,
    detail,
    buttons: ['Cancel', button],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
    signal,
  });
  return response === 1;
}

/** A name from the page is a name only: it cannot point to another folder. */
export function defaultPathOf(
  folder: string | undefined,
  suggestedName: string | undefined,
): string | undefined {
  const name = suggestedName?.replace(/[\\/:*?"<>|\p{Cc}]/gu, '-').replace(/^\.+/, '');
  if (folder && name) return join(folder, name);
  return folder ?? (name || undefined);
}
