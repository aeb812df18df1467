import type Electron from 'electron';

/**
 * Runs in Electron's main process: puts the spec in the place of the person who answers dialogs, and keeps what was shown. All
 * else stays Electron's own. It stands alone, since only its source gets there.
 */
export function prepareDesk(electron: typeof Electron): void {
  const { app, BrowserWindow, clipboard, dialog, Menu, nativeTheme, Notification, powerMonitor, shell } =
    electron as any;
  const queue = () => {
    const given: any[] = [];
    const asking: ((answer: any) => void)[] = [];
    return {
      give: (answer: any) => {
        const waiting = asking.shift();
        if (waiting) waiting(answer);
        else given.push(answer);
      },
      take: () =>
        given.length > 0 ? Promise.resolve(given.shift()) : new Promise<any>((done) => asking.push(done)),
    };
  };
  const files = queue();
  const buttons = queue();
  const dialogs: object[] = [];
  const notifications: object[] = [];
  const external: string[] = [];
  let agrees: boolean | null = true;
  let progress = -1;
  const optionsOf = (args: any[]) => (args.length > 1 ? args[1] : args[0]);
  // whoever answers has read for a second, which takes a spec no time
  let readMs = 0;
  const now = performance.now.bind(performance);
  performance.now = () => now() + readMs;

  dialog.showOpenDialog = async (...args: any[]) => {
    dialogs.push({ kind: 'open', ...optionsOf(args) });
    const answer = await files.take();
    readMs += 1000;
    const several = (optionsOf(args).properties ?? []).includes('multiSelections');
    if (answer === null) return { canceled: true, filePaths: [] };
    return { canceled: false, filePaths: several ? answer.split('\n') : [answer] };
  };
  dialog.showSaveDialog = async (...args: any[]) => {
    dialogs.push({ kind: 'save', ...optionsOf(args) });
    const path = await files.take();
    readMs += 1000;
    return { canceled: path === null, filePath: path ?? '' };
  };
  dialog.showMessageBox = async (...args: any[]) => {
    dialogs.push({ kind: 'message', ...optionsOf(args) });
    const isScripted = optionsOf(args).type === 'question' && agrees !== null;
    const response = isScripted ? Number(agrees) : await buttons.take();
    readMs += 1000;
    return { response, checkboxChecked: false };
  };
  shell.openExternal = async (url: string) => void external.push(url);
  Notification.prototype.show = function show(this: { title: string; body: string }) {
    notifications.push({ title: this.title, body: this.body });
  };
  const { setProgressBar } = BrowserWindow.prototype;
  BrowserWindow.prototype.setProgressBar = function keep(this: object, value: number, options: object) {
    progress = value;
    return setProgressBar.call(this, value, options);
  };

  const window = () => BrowserWindow.getAllWindows()[0];
  const itemAt = (path: string[]) => {
    let items = Menu.getApplicationMenu().items;
    let found: any;
    for (const step of path) {
      found = items.find((item: any) => item.id === step || item.label.replace('&', '') === step);
      if (!found) throw new Error(`the menu has no ${path.join(' › ')}`);
      items = found.submenu?.items ?? [];
    }
    return found;
  };
  (globalThis as any).keelDesk = {
    answerDialog: files.give,
    answerQuestions: (answer: boolean | null) => {
      agrees = answer;
    },
    answerMessageBox: buttons.give,
    dialogs: () => dialogs,
    readClipboard: () => clipboard.readText(),
    writeClipboard: (text: string) => clipboard.writeText(text),
    clipboardFormats: async () => (await clipboard.read()).flatMap((item: any) => item.types),
    chooseMenu: (path: string[]) => void itemAt(path).click(undefined, window(), window()?.webContents),
    powerEvent: (name: string) => void powerMonitor.emit(name),
    systemTheme: (theme: string) => {
      nativeTheme.themeSource = theme;
    },
    notifications: () => notifications,
    contentProtected: () => window().isContentProtected(),
    progress: () => progress,
    external: () => external,
    passTime: (ms: number) => {
      for (const clock of [Date, performance]) {
        const now = clock.now.bind(clock);
        clock.now = () => now() + ms;
      }
    },
    resize: (width: number, height: number) => window().setContentSize(width, height),
    blur: () => window().blur(),
    focused: () => window().isFocused(),
    closeWindow: () => window().close(),
    quit: () => app.quit(),
  };
}
