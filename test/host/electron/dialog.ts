import type { MessageBox } from '../desk/desk.ts';
import { theHost } from '../host.ts';
import { modelled, onlyKnown } from './strict.ts';

const fileOptions = [
  'title',
  'message',
  'defaultPath',
  'buttonLabel',
  'filters',
  'properties',
  'nameFieldLabel',
  'showsTagField',
];
const boxOptions = [
  'type',
  'title',
  'message',
  'detail',
  'buttons',
  'defaultId',
  'cancelId',
  'noLink',
  'normalizeAccessKeys',
  'signal',
];

/** Electron takes an owner first or not at all. */
function optionsOf(args: readonly unknown[], name: string, known: readonly string[]): any {
  const options = (args.length > 1 ? args[1] : args[0]) as object;
  onlyKnown(name, options, known);
  // a signal cannot be cloned, and is heard here
  const { signal: _, ...rest } = options as { readonly signal?: AbortSignal };
  return structuredClone(rest);
}

export const dialog = modelled('dialog', {
  showOpenDialog: async (...args: unknown[]) => {
    const options = optionsOf(args, 'dialog.showOpenDialog', fileOptions);
    const answer = await theHost().desk.openDialog(options);
    if (answer === undefined) return { canceled: true, filePaths: [] };
    const several = (options.properties ?? []).includes('multiSelections');
    // whoever answers for several puts each on a line
    return { canceled: false, filePaths: several ? answer.split('\n') : [answer] };
  },
  showSaveDialog: async (...args: unknown[]) => {
    const path = await theHost().desk.saveDialog(optionsOf(args, 'dialog.showSaveDialog', fileOptions));
    return { canceled: path === undefined, filePath: path ?? '' };
  },
  showMessageBox: async (...args: unknown[]) => {
    const options: MessageBox = optionsOf(args, 'dialog.showMessageBox', boxOptions);
    const { signal } = (args.length > 1 ? args[1] : args[0]) as { readonly signal?: AbortSignal };
    const answered = theHost().desk.messageBox(options);
    const response = await (signal ? orCancelled(answered, signal, options.cancelId ?? 0) : answered);
    return { response, checkboxChecked: false };
  },
  showErrorBox: (title: string, content: string) => {
    process.stderr.write(`${title}: ${content}\n`);
  },
});

/** Electron closes the box as if it had been cancelled. */
function orCancelled(answered: Promise<number>, signal: AbortSignal, cancelId: number): Promise<number> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(cancelId), { once: true });
    answered.then(resolve, reject);
  });
}
