import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KeelFolder } from '#test/support/processes/keel-process';

describe.concurrent('keel key', () => {
  test('generate writes a key in the form of `openssl rand -base64 32`, for its owner alone, and never prints it', async () => {
    await using folder = await KeelFolder.create();
    const out = join(folder.path, 'new.key');
    const made = await folder.run(['key', 'generate', '--out', out, '--json']);
    expect(made).toMatchObject({ status: 0, json: { ok: true } });
    const text = await readFile(out, 'utf8');
    expect(text).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect(made.stdout + made.stderr).not.toContain(text.slice(0, 20));
    const inspected = await folder.run(['key', 'inspect', '--key-file', out, '--json']);
    expect(inspected.json).toMatchObject({ ok: true, key: { fingerprint: made.json.key.fingerprint } });
    const again = await folder.run(['key', 'generate', '--out', out, '--json']);
    expect(again.json).toMatchObject({ ok: false, error: { code: 'file-exists' } });
    expect(await readFile(out, 'utf8')).toBe(text);
  });

  test('inspect takes a key from a variable or standard input, and is told which mistake is in it', async () => {
    await using folder = await KeelFolder.create();
    const key = Buffer.from(Array.from({ length: 32 }, (_, i) => i * 7 + 1)).toString('base64');
    const byVariable = await folder.run(['key', 'inspect', '--key-env', 'OLD', '--json'], {
      env: { OLD: key },
    });
    const byStdin = await folder.run(['key', 'inspect', '--stdin', '--json'], { stdin: `${key}\n` });
    expect(byVariable.json).toEqual(byStdin.json);
    const short = await folder.run(['key', 'inspect', '--stdin', '--json'], { stdin: key.slice(0, 24) });
    expect(short).toMatchObject({ status: 2, json: { error: { code: 'key-malformed' } } });
    expect(short.json.error.message).toContain('18 bytes');
  });
});

describe.concurrent('the command line', () => {
  test('answers what it does not know with a sentence, a pointer to help, and 2', async () => {
    await using folder = await KeelFolder.create();
    for (const args of [
      ['frobnicate'],
      ['rotate', '--frobnicate'],
      ['prove'],
      ['rotate', '--accept', 'everything'],
    ]) {
      const run = await folder.run(args);
      expect(run.status).toBe(2);
      expect(run.stdout).toBe('');
      expect(run.stderr).toMatch(/^keel: .+\n→ .+\n$/);
    }
  });

  test('keeps a key out of the arguments: no option takes one', async () => {
    await using folder = await KeelFolder.create();
    const help = await folder.run(['rotate', '--help']);
    expect(help.status).toBe(0);
    expect(help.stdout).not.toMatch(/--(from-|to-)?key <(?!file|variable)/);
  });
});
