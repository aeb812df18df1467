// A process that runs the built command line time after time, as the shipped entry does it: its modules stay loaded and
// compiled. Told by messages what to run; says what was written and how it ended. Where a run left anything open, or failed as
// no command does, the process ends with it, as a process of its own would have.
import crypto, { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

const commandLine = resolve(import.meta.dirname, '../../../out/main/cli.js');
const endProcess = process.exit.bind(process);
rememberDerivations(process.argv[2]);
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

/**
 * What scrypt made of a passphrase and a salt is kept for the other processes of the run, in a folder: it is the same each time, and half a
 * second of work, in every command that opens an encrypted key file again.
 */
function rememberDerivations(folder) {
  const derive = crypto.scrypt;
  crypto.scrypt = (password, salt, length, options, done) => {
    const asked = createHash('sha256').update(JSON.stringify([length, options]));
    for (const part of [password, salt]) asked.update(createHash('sha256').update(part).digest());
    const path = join(folder, asked.digest('hex'));
    if (existsSync(path)) {
      setImmediate(done, null, readFileSync(path));
      return;
    }
    derive(password, salt, length, options, (error, key) => {
      if (!error) {
        writeFileSync(`${path}.${process.pid}`, key);
        renameSync(`${path}.${process.pid}`, path);
      }
      done(error, key);
    });
  };
  syncBuiltinESMExports();
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
