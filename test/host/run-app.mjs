// One instance of the built app in the Chromium host, as a child process that a spec may kill. See control.ts.
import { register } from 'node:module';

register('./module-hooks.mjs', import.meta.url);
await import('./run-app.ts');
