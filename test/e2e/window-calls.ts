import type { Page } from '@playwright/test';

/** Asks the main process as the window does. Throws where it answers with a failure. */
export async function call(page: Page, name: string, input: unknown): Promise<any> {
  const reply = await page.evaluate(([name, input]) => (window as any).keel.call(name, input), [
    name,
    input,
  ] as const);
  if (reply.ok) return reply.value;
  throw new Error(`${name}: ${reply.error.code}: ${reply.error.message}`);
}

/** Runs long work to its end. Throws where it fails. */
export async function run(page: Page, name: string, input: unknown): Promise<any> {
  const outcome = await page.evaluate(
    ([name, input]) =>
      new Promise<any>((resolve) => {
        const { keel } = window as any;
        const ended = new Map<string, any>();
        let awaited: string | undefined;
        const stop = keel.subscribe((event: any) => {
          if (event.kind !== 'done' && event.kind !== 'failed') return;
          ended.set(event.operation, event);
          settle();
        });
        const settle = () => {
          const event = awaited === undefined ? undefined : ended.get(awaited);
          if (!event) return;
          stop();
          resolve(event);
        };
        const begin = async () => {
          const reply = await keel.call(name, input);
          if (!reply.ok) {
            stop();
            resolve({ kind: 'failed', error: reply.error });
            return;
          }
          awaited = reply.value.operation;
          settle();
        };
        void begin();
      }),
    [name, input] as const,
  );
  if (outcome.kind === 'done') return outcome.value;
  throw new Error(`${name}: ${outcome.error.code}: ${outcome.error.message}`);
}
