import { useCallback, useEffect, useRef, useState } from 'react';
import type { ListedCredential } from '#contract/credentials';
import type { Input } from '#contract/procedures';
import type { Failure } from '#contract/shapes';
import { useClient } from '../../use-client.ts';

export type CredentialFilter = Pick<Input<'credentials.list'>, 'search' | 'kind' | 'opens'>;

export interface CredentialPages {
  /** Undefined before the first answer. */
  readonly rows: readonly ListedCredential[] | undefined;
  readonly failure: Failure | undefined;
  readonly busy: boolean;
  /** There are more behind these. */
  readonly hasMore: boolean;
  readonly more: () => void;
  readonly reload: () => void;
}

const pageSize = 100;

interface Pages {
  readonly question: string;
  readonly rows?: readonly ListedCredential[];
  readonly next?: string;
  readonly failure?: Failure;
}

/** The list so far, a page at a time; another filter begins anew. */
export function useCredentialPages(environment: string, filter: CredentialFilter): CredentialPages {
  const client = useClient();
  const question = JSON.stringify([environment, filter]);
  const [pages, setPages] = useState<Pages>({ question });
  const [busy, setBusy] = useState(true);
  const turn = useRef(0);

  const ask = useCallback(
    async (before: readonly ListedCredential[], after?: string) => {
      turn.current += 1;
      const mine = turn.current;
      const [asked, filtered] = JSON.parse(question) as [string, CredentialFilter];
      setBusy(true);
      const result = await client.call('credentials.list', {
        environment: asked,
        limit: pageSize,
        ...filtered,
        ...(after !== undefined && { after }),
      });
      if (mine !== turn.current) return;
      setBusy(false);
      if (!result.ok)
        setPages({ question, failure: result.error, ...(before.length > 0 && { rows: before }) });
      else {
        const { credentials, next } = result.value;
        setPages({ question, rows: [...before, ...credentials], ...(next !== undefined && { next }) });
      }
    },
    [client, question],
  );

  useEffect(() => {
    void ask([]);
    return () => {
      turn.current += 1;
    };
  }, [ask]);

  const current = pages.question === question ? pages : undefined;
  return {
    rows: current?.rows ?? pages.rows,
    failure: current?.failure,
    busy,
    hasMore: current?.next !== undefined,
    more: () => void ask(current?.rows ?? [], current?.next),
    reload: () => void ask([]),
  };
}
