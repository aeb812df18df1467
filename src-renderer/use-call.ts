import { useCallback, useEffect, useRef, useState } from 'react';
import type { AppEvent } from '#contract/app';
import type { Input, Output, QuickName } from '#contract/procedures';
import type { Failure } from '#contract/shapes';
import { useClient } from './use-client.ts';

export interface Called<Value> {
  /** The last answer; it stays while a newer one is on its way, so that nothing jumps. */
  readonly value: Value | undefined;
  readonly failure: Failure | undefined;
  /** There is neither an answer nor a failure yet. */
  readonly loading: boolean;
  readonly reload: () => Promise<void>;
}

export interface UseCallOptions {
  /** What makes the answer out of date. */
  readonly reloadOn?: readonly AppEvent['kind'][];
  /** False: not yet. */
  readonly enabled?: boolean;
}

interface Answer<Value> {
  readonly question: string;
  readonly value?: Value;
  readonly failure?: Failure;
}

const environmentsChanged: readonly AppEvent['kind'][] = ['environments-changed'];

/** For the app's own state and settings. */
export const appChanged: readonly AppEvent['kind'][] = ['app-changed'];
/** For what both leave traces in. */
export const anyChange: readonly AppEvent['kind'][] = ['environments-changed', 'app-changed'];

/** Asks the main process, again for another input, and again when what it answered may have changed. For reading only. */
export function useCall<Name extends QuickName>(
  name: Name,
  input: Input<Name>,
  { reloadOn = environmentsChanged, enabled = true }: UseCallOptions = {},
): Called<Output<Name>> {
  const client = useClient();
  // by content: a caller may write input and events in place
  const question = JSON.stringify([name, input]);
  const events = reloadOn.join(' ');
  const [answer, setAnswer] = useState<Answer<Output<Name>>>();
  const latest = useRef(0);
  const present = useRef(question);
  useEffect(() => {
    present.current = question;
  }, [question]);

  const reload = useCallback(async () => {
    // kept by work that began before another question was asked
    if (present.current !== question) return;
    latest.current += 1;
    const turn = latest.current;
    const [asked, given] = JSON.parse(question) as [Name, Input<Name>];
    const result = await client.call(asked, given);
    // an answer that was overtaken is not news
    if (turn !== latest.current) return;
    setAnswer((before) =>
      result.ok
        ? { question, value: result.value }
        : {
            question,
            failure: result.error,
            ...(before?.question === question && before.value !== undefined && { value: before.value }),
          },
    );
  }, [client, question]);

  useEffect(() => {
    if (!enabled) return;
    void reload();
    const stop = client.subscribe((event) => {
      if (events.split(' ').includes(event.kind)) void reload();
    });
    return () => {
      latest.current += 1;
      stop();
    };
  }, [client, enabled, reload, events]);

  const current = answer?.question === question ? answer : undefined;
  return { value: current?.value, failure: current?.failure, loading: enabled && !current, reload };
}
