/** What a dialog shows. */
export interface FileFace {
  readonly title: string;
  readonly button: string;
  readonly folder: string;
  /** Folders end with a slash. */
  readonly entries: readonly string[];
  /** The file's name, where one is to be saved. */
  readonly name: string | undefined;
  readonly filters: readonly string[];
  readonly filter: number;
}

export type FileChoice =
  | { readonly kind: 'cancel' }
  | { readonly kind: 'go'; readonly to: string; readonly filter: number }
  | { readonly kind: 'choose'; readonly name: string };

export interface BoxFace {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
  readonly defaultId: number;
  readonly cancelId: number;
}

/**
 * Shows a file dialog over the page until something is chosen, entered or called off. Runs in the preload's world, out of the
 * page's reach, and stands alone; the listing comes from this process, a call a folder.
 */
export function showFileDialog(face: FileFace): Promise<FileChoice> {
  return new Promise((done) => {
    const host = document.createElement('div');
    const root = host.attachShadow({ mode: 'closed' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      :host { color-scheme: light dark; font: 14px system-ui, sans-serif; }
      dialog { width: 560px; border: 1px solid GrayText; border-radius: 8px; padding: 16px; background: Canvas; color: CanvasText; }
      dialog::backdrop { background: rgb(0 0 0 / 35%); }
      h2 { font-size: 16px; margin: 0 0 12px; }
      form { display: grid; gap: 10px; }
      label { display: grid; gap: 4px; font-size: 12px; }
      input, select, button { font: inherit; font-size: 14px; padding: 5px 8px; }
      select[size] { height: 260px; padding: 4px; }
      footer { display: flex; gap: 8px; justify-content: flex-end; }
      footer select { margin-right: auto; }`);
    root.adoptedStyleSheets = [sheet];
    const make = <Name extends keyof HTMLElementTagNameMap>(
      name: Name,
      given: Readonly<Record<string, unknown>>,
      ...children: Node[]
    ) => {
      const element = document.createElement(name);
      Object.assign(element, given);
      element.append(...children);
      return element;
    };
    const option = (text: string) => make('option', { textContent: text, value: text });
    const path = make('input', { value: face.folder, spellcheck: false });
    const list = make('select', { size: 12, ariaLabel: 'Folder' }, ...['../', ...face.entries].map(option));
    const name = make('input', { value: face.name ?? '', spellcheck: false });
    const filter = make('select', { ariaLabel: 'Kind of file' }, ...face.filters.map(option));
    filter.selectedIndex = face.filter;
    const cancel = make('button', { type: 'button', textContent: 'Cancel' });
    const accept = make('button', { type: 'submit', textContent: face.button });
    const form = make(
      'form',
      { method: 'dialog' },
      make('label', { textContent: 'Path' }, path),
      list,
      ...(face.name === undefined ? [] : [make('label', { textContent: 'Name' }, name)]),
      make('footer', {}, ...(face.filters.length > 0 ? [filter] : []), cancel, accept),
    );
    const dialog = make('dialog', {}, make('h2', { textContent: face.title }), form);
    root.append(dialog);
    document.documentElement.append(host);

    const end = (choice: FileChoice) => {
      host.remove();
      done(choice);
    };
    const go = (to: string) => end({ kind: 'go', to, filter: Math.max(0, filter.selectedIndex) });
    const open = () => {
      if (list.value.endsWith('/')) go(list.value);
      else if (list.value !== '') end({ kind: 'choose', name: list.value });
    };
    list.addEventListener('change', () => {
      if (face.name !== undefined && !list.value.endsWith('/')) name.value = list.value;
    });
    list.addEventListener('dblclick', open);
    list.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      open();
    });
    filter.addEventListener('change', () => go('./'));
    cancel.addEventListener('click', () => end({ kind: 'cancel' }));
    dialog.addEventListener('cancel', () => end({ kind: 'cancel' }));
    // what is typed here is not the page's
    host.addEventListener('keydown', (event) => event.stopPropagation());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (path.value !== face.folder) go(path.value);
      else if (face.name !== undefined && name.value !== '') end({ kind: 'choose', name: name.value });
      else open();
    });
    dialog.showModal();
    (face.name === undefined ? list : name).focus();
  });
}

/** Shows a message box over the page; answers the button's index. Runs in the preload's world and stands alone. */
export function showMessageBox(face: BoxFace): Promise<number> {
  return new Promise((done) => {
    const host = document.createElement('div');
    const root = host.attachShadow({ mode: 'closed' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      :host { color-scheme: light dark; font: 14px system-ui, sans-serif; }
      dialog { width: 420px; border: 1px solid GrayText; border-radius: 8px; padding: 20px; background: Canvas; color: CanvasText; }
      dialog::backdrop { background: rgb(0 0 0 / 35%); }
      h2 { font-size: 15px; margin: 0 0 8px; }
      p { margin: 0 0 16px; white-space: pre-line; }
      footer { display: flex; gap: 8px; justify-content: flex-end; }
      button { font: inherit; padding: 5px 12px; }`);
    root.adoptedStyleSheets = [sheet];
    const dialog = document.createElement('dialog');
    const message = Object.assign(document.createElement('h2'), { textContent: face.message });
    const detail = Object.assign(document.createElement('p'), { textContent: face.detail });
    const footer = document.createElement('footer');
    const end = (index: number) => {
      host.remove();
      done(index);
    };
    const buttons = face.buttons.map((label, index) => {
      const button = Object.assign(document.createElement('button'), { textContent: label });
      button.addEventListener('click', () => end(index));
      return button;
    });
    footer.append(...buttons);
    dialog.append(message, detail, footer);
    dialog.addEventListener('cancel', () => end(face.cancelId));
    host.addEventListener('keydown', (event) => event.stopPropagation());
    root.append(dialog);
    document.documentElement.append(host);
    dialog.showModal();
    buttons[face.defaultId]?.focus();
  });
}

/** Puts text on the system's clipboard, or empties it. Runs in the preload's world, right after a gesture. */
export async function copyText(text: string): Promise<void> {
  const fill = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  window.addEventListener('copy', fill, { capture: true, once: true });
  document.execCommand('copy');
  window.removeEventListener('copy', fill, { capture: true });
}
