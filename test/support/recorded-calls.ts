import { EventEmitter } from 'node:events';

/**
 * An object of Electron as a test sees it: it emits what the test says, and whatever is called on it is remembered. `parts` are what
 * it has that is not called.
 */
export function recorded(
  answers: Readonly<Record<string, unknown>> = {},
  parts: Readonly<Record<string, unknown>> = {},
) {
  const calls: [name: string, ...values: any[]][] = [];
  const emitter = new EventEmitter();
  const object = new Proxy(emitter, {
    get(target, name: string) {
      if (name === 'then') return undefined;
      if (name in parts) return parts[name];
      if (name in target) return (target as any)[name].bind(target);
      return (...values: unknown[]) => {
        calls.push([name, ...values]);
        const answer = answers[name];
        return typeof answer === 'function' ? answer(...values) : answer;
      };
    },
  });
  return {
    object: object as never,
    calls,
    emit: (event: string, ...values: unknown[]) => emitter.emit(event, ...values),
    /** Names of what was called, in order. */
    names: () => calls.map(([name]) => name),
  };
}

/** An event that can be prevented. */
export function preventable<Details extends object>(details: Details) {
  const event = { ...details, prevented: false, preventDefault: () => void (event.prevented = true) };
  return event;
}
