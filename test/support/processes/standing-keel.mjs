// A process that runs the built command line time after time, as the shipped entry does it: its modules stay loaded and
// compiled. Told by messages what to run; says what was written and how it ended. Where a run left anything open, or failed as
// no command does, the process ends with it, as a process of its own would have.
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

const commandLine = resolve(import.meta.dirname, '../../../out/main/cli.js');
const endProcess = process.exit.bind(process);
/** Set while a command runs. */
let end;

process.on('message', run);
process.on('disconnect', () => endProcess());
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error?.stack ?? error}\n`);
  finish(1, true);
});

async function run({ args, env, stdin }) {
  const open = openResources();
  replaceEnvironment(env);
  process.argv = [process.argv[0], commandLine, ...args];
  process.exitCode = undefined;
  const stdout = [];
  replaceStream('stdin', Readable.from(stdin === undefined ? [] : [Buffer.from(stdin)]));
  replaceStream(
    'stdout',
    writable((chunk) => stdout.push(chunk)),
  );
  replaceStream(
    'stderr',
    writable((chunk) => process.send({ talk: chunk.toString() })),
  );
  end = (status, isSpent) => {
    end = undefined;
    process.exit = endProcess;
    const message = { status, stdout: Buffer.concat(stdout).toString(), isSpent };
    process.send(message, () => isSpent && endProcess());
  };
  process.exit = (status) => {
    const code = Number(status ?? process.exitCode ?? 0);
    // what closes by itself has closed by then
    setImmediate(() => setImmediate(() => finish(code, openResources() > open)));
  };
  // the entry runs each time it is imported; what it imports is there
  await import(`${pathToFileURL(commandLine).href}?${randomUUID()}`);
}

function finish(status, isSpent) {
  if (end) end(status, isSpent);
  else endProcess(1);
}

/** How much keeps this process from ending. */
function openResources() {
  return process.getActiveResourcesInfo().filter((kind) => kind !== 'Immediate').length;
}

function replaceEnvironment(env) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
}

function replaceStream(name, value) {
  Object.defineProperty(process, name, { value, configurable: true, enumerable: true });
}

function writable(take) {
  return new Writable({
    decodeStrings: true,
    write(chunk, _, done) {
      take(chunk);
      done();
    },
  });
}
