import { dirname, join } from 'node:path';
import type { BaseWindow, Dialog, FileFilter, OpenDialogOptions, SaveDialogOptions } from 'electron';
import type { FilePurpose } from '#contract/app';

interface FileDialog {
  readonly kind: 'open' | 'save';
  readonly title: string;
  readonly button: string;
  readonly filters: FileFilter[];
}

const anyFile: FileFilter = { name: 'All files', extensions: ['*'] };

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
    title: 'Choose the file that Ballast reads its key from',
    button: 'Choose',
    filters: [anyFile, { name: 'YAML', extensions: ['yaml', 'yml'] }],
  },
  'open-age': {
    kind: 'open',
    title: 'Choose an age file',
    button: 'Choose',
    filters: [{ name: 'age files', extensions: ['age'] }, anyFile],
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
    title: 'Choose the file of the credential',
    button: 'Choose',
    filters: [anyFile],
  },
  'save-age': {
    kind: 'save',
    title: 'Save the backup',
    button: 'Save',
    filters: [{ name: 'age files', extensions: ['age'] }],
  },
  'save-archive': {
    kind: 'save',
    title: 'Save the archive of credentials',
    button: 'Save',
    filters: [{ name: 'age files', extensions: ['age'] }],
  },
  'open-archive': {
    kind: 'open',
    title: 'Choose an archive of credentials',
    button: 'Choose',
    filters: [{ name: 'age files', extensions: ['age'] }, anyFile],
  },
  'open-key-file': {
    kind: 'open',
    title: 'Choose a file that may hold the key',
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
};

/** How a file is chosen: undefined if the dialog was called off. */
export type ChooseFile = (
  window: BaseWindow,
  purpose: FilePurpose,
  suggestedName: string | undefined,
) => Promise<string | undefined>;

/** Native dialogs that begin in the folder that was last used for the same purpose. */
export function createFileDialogs(dialog: Dialog): ChooseFile {
  const folders = new Map<FilePurpose, string>();
  return async (window, purpose, suggestedName) => {
    const { kind, title, button, filters } = fileDialogs[purpose];
    const defaultPath = defaultPathOf(folders.get(purpose), suggestedName);
    const common = {
      title,
      message: title,
      buttonLabel: button,
      filters,
      ...(defaultPath && { defaultPath }),
    };
    const path =
      kind === 'open'
        ? (await dialog.showOpenDialog(window, { ...common, properties: openProperties })).filePaths[0]
        : (await dialog.showSaveDialog(window, { ...common, properties: saveProperties })).filePath;
    if (!path) return undefined;
    folders.set(purpose, dirname(path));
    return path;
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

/** A name from the page is a name only: it cannot point to another folder. */
export function defaultPathOf(
  folder: string | undefined,
  suggestedName: string | undefined,
): string | undefined {
  const name = suggestedName?.replace(/[\\/:*?"<>|\p{Cc}]/gu, '-').replace(/^\.+/, '');
  if (folder && name) return join(folder, name);
  return folder ?? (name || undefined);
}
