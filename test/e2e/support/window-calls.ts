import type { Page } from '@playwright/test';
import { type ProcedureName, procedures } from '#contract/procedures';

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
    async ([name, input]) => {
      const { keel } = window as any;
      const ends: any[] = [];
      let arrived = () => {};
      // the end may be told before the answer with the operation's id
      const stop = keel.subscribe((event: any) => {
        if (event.kind !== 'done' && event.kind !== 'failed') return;
        ends.push(event);
        arrived();
      });
      const reply = await keel.call(name, input);
      if (!reply.ok) return { kind: 'failed', error: reply.error };
      const mine = () => ends.find(({ operation }) => operation === reply.value.operation);
      while (!mine()) await new Promise<void>((resolve) => (arrived = resolve));
      stop();
      return mine();
    },
    [name, input] as const,
  );
  if (outcome.kind === 'done') return outcome.value;
  throw new Error(`${name}: ${outcome.error.code}: ${outcome.error.message}`);
}

/** Quick or long work, to its end. Throws where it fails. */
export function complete(page: Page, name: ProcedureName, input: unknown): Promise<any> {
  return procedures[name].long ? run(page, name, input) : call(page, name, input);
}

/** Of quick or long work: `done`, or the code of its failure. */
export function codeOf(page: Page, name: ProcedureName, input: unknown): Promise<string> {
  return complete(page, name, input).then(
    () => 'done',
    (error: Error) => /: ([a-z-]+): /.exec(error.message)?.[1] ?? error.message,
  );
}
