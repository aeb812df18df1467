import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Controls } from '../../../host/control.ts';

const entry = join(import.meta.dirname, '../../../host/run-app.mjs');

type Answer<Name extends keyof Controls> = Awaited<ReturnType<Controls[Name]>>;

interface Message {
  readonly id?: number;
  readonly value?: unknown;
  readonly error?: string;
  readonly copied?: string;
}

/** The app's main process in the Chromium host, and the line to its controls. */
export class HostProcess {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  private readonly exited: Promise<number | null>;
  private asked = 0;
  private written = '';
  private lastCopied = '';

  constructor(env: Readonly<Record<string, string>>) {
    // none of the runner's own loaders
    this.child = fork(entry, { env, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk) => {
        this.written += String(chunk);
      });
    }
    this.child.on('message', (message: Message) => {
      const { id, value, error, copied } = message;
      if (copied !== undefined) this.lastCopied = copied;
      const call = id === undefined ? undefined : this.waiting.get(id);
      if (error !== undefined) call?.reject(new Error(error));
      else call?.resolve(value);
    });
    this.exited = once(this.child, 'exit').then(([code]) => {
      for (const call of this.waiting.values())
        call.reject(new Error(`the app has ended (${this.written.slice(-800)})`));
      return code as number | null;
    });
  }

  get log(): string {
    return this.written;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** The text that was put on the clipboard last. */
  get copied(): string {
    return this.lastCopied;
  }

  /** The port on which Chromium can be joined. Rejects with the log where the app ends instead. */
  async ready(): Promise<{ port: number; profile: string }> {
    return new Promise((resolve, reject) => {
      this.child.on('message', (message: { ready?: boolean; port: number; profile: string }) => {
        if (message.ready) resolve(message);
      });
      void this.exited.then((code) =>
        reject(new Error(`the app ended at its start (${code}): ${this.written}`)),
      );
    });
  }

  ask<Name extends keyof Controls>(name: Name, ...args: Parameters<Controls[Name]>): Promise<Answer<Name>> {
    const id = ++this.asked;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.child.send({ id, name, args }, (error) => error && reject(error));
    });
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  ended(): Promise<number | null> {
    return this.exited;
  }
}
