import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { app } from './electron/app.ts';
import { controls, serveControls } from './control.ts';
import { ScriptedDesk } from './desk/scripted-desk.ts';
import { startHost } from './start-host.ts';

// a spec that is gone takes its app with it
process.once('disconnect', () => process.exit(1));

const desk = new ScriptedDesk();
// a spec reads what is left on it after the app has ended
desk.onCopied = (copied) => void process.send?.({ copied });
serveControls(controls(desk));
const shown = new Promise((done) => {
  app.once('browser-window-created', (_event, window) => window.once('ready-to-show', done));
});
const { profile } = await startHost({
  desk,
  headed: process.env['KEEL_E2E_HEADED'] === '1',
  debuggable: true,
});
// an app that ends before, like a second instance, is never ready
await shown;
const [port] = (await readFile(join(profile, 'DevToolsActivePort'), 'utf8')).split('\n');
process.send?.({ ready: true, port: Number(port), profile });
