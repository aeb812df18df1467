// Loaded before Keel: writes the address of every module that is loaded, a line each, into the file KEEL_TEST_LOADS.
import { register } from 'node:module';

const hooks = `
  import { appendFileSync } from 'node:fs';
  export async function load(url, context, next) {
    appendFileSync(process.env.KEEL_TEST_LOADS, url + '\\n');
    return next(url, context);
  }`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
