import { AsyncLocalStorage } from 'node:async_hooks';

/** The call of the window that is at work. */
export interface CurrentCall {
  readonly procedure: string;
  /** The time since the last lock in which it arrived (`SessionSecrets.epoch`): what it brought must not be kept after the next one. */
  readonly epoch: number;
}

const calls = new AsyncLocalStorage<CurrentCall>();

/** Runs `work`, and whatever it waits for, as part of the call. */
export function inCall<T>(call: CurrentCall, work: () => T): T {
  return calls.run(call, work);
}

/** Undefined for what the app does by itself. */
export function currentCall(): CurrentCall | undefined {
  return calls.getStore();
}
