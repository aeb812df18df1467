import { expect } from 'vitest';
import type { AppEvent } from '#contract/app';
import { reply } from '#contract/procedures';
import type { Implementations } from '#procedures/implementations';
import { createOperations } from '#procedures/operations';
import { createQuickCalls } from '#procedures/quick-calls';
import { createRouter } from '#router';

export const fingerprint = '8cae-a7a9-782e-a0a5';
export const key = Buffer.alloc(32, 7).toString('base64');

export const settings = {
  theme: 'dark',
  idleMinutes: 5,
  clipboardSeconds: 30,
  notifyWhenDone: true,
  drillEveryDays: 90,
} as const;

export const state = {
  locked: false,
  guarded: true,
  version: '0.1.0',
  platform: 'linux',
  theme: 'dark',
  keychain: { works: true },
} as const;

interface Border {
  readonly implementations?: Partial<Implementations>;
  readonly locked?: boolean;
  readonly held?: boolean;
  /** False where nothing was pressed. */
  readonly pressable?: boolean;
}

/** A router over functions of the test, with everything that it told. */
export function border({
  implementations = {},
  locked = false,
  held = false,
  pressable = true,
}: Border = {}) {
  const events: AppEvent[] = [];
  const refused: string[] = [];
  const faults: { id: string; error: unknown }[] = [];
  const called: string[] = [];
  /** What was given beside the input, by procedure. */
  const given: Record<string, object> = {};
  const pressed: string[] = [];
  /** Environments that were given their turn for a rehearsal. */
  const rehearsed: string[] = [];
  /** Called by whoever asks the admin and gets a no. */
  const denials: (() => void)[] = [];
  const all = {
    'app.state': async () => state,
    'settings.read': async () => settings,
    'settings.write': async (change: object) => ({ ...settings, ...change }),
    'keys.reveal': async () => ({ key }),
    ...implementations,
  };
  const counted = Object.fromEntries(
    Object.entries(all).map(([name, run]) => [
      name,
      (...args: unknown[]) => {
        called.push(name);
        given[name] = args[1] as object;
        return (run as (...args: unknown[]) => unknown)(...args);
      },
    ]),
  );
  const operations = createOperations((event) => events.push(event));
  const quickCalls = createQuickCalls();
  const route = createRouter({
    quickCalls,
    implementations: counted as unknown as Implementations,
    operations,
    isLocked: () => locked,
    epoch: () => 0,
    assertRoom: () => undefined,
    takePress: (kind) => {
      pressed.push(kind);
      return pressable && (kind === 'click' || held) ? { isHeld: () => held } : undefined;
    },
    consents: {
      consentFor: (onDenied) => {
        denials.push(onDenied);
        return { ask: async () => {} };
      },
      rehearse(environment, work) {
        rehearsed.push(environment);
        return work();
      },
    },
    onRefused: (procedure, why) => refused.push(`${procedure}: ${why}`),
    onFault: (id, error) => faults.push({ id, error }),
  });
  const lock = () => void (locked = true);
  const call = async (name: unknown, input: unknown) => reply.parse(await route(name, input));
  return {
    call,
    events,
    refused,
    faults,
    called,
    given,
    pressed,
    rehearsed,
    denials,
    operations,
    quickCalls,
    lock,
  };
}

export const failure = (code: string) => ({ ok: false, error: expect.objectContaining({ code }) });
