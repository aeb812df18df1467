import { useCallback, useEffect, useRef, useState } from 'react';
import { useClient } from '../../use-client.ts';
import { type CredentialFilter, PageReader, type PartlyRead } from './page-reader.ts';

export interface CredentialList extends Partial<PartlyRead> {
  /** What the rows are the answer to: those of the question before stay until there are new ones. */
  readonly question: string;
  /** Rows or their number are still being read. */
  readonly busy: boolean;
  /** Reads the rows from one place to before another. */
  readonly bringIntoSight: (first: number, last: number) => void;
  readonly reload: () => void;
}

/** The credentials that a filter names; no rows before the first answer. Another filter begins anew. */
export function useCredentialList(environment: string, filter: CredentialFilter): CredentialList {
  const client = useClient();
  const question = JSON.stringify([environment, filter]);
  const [turn, setTurn] = useState(0);
  const [list, setList] = useState<Partial<PartlyRead> & { readonly question: string }>({ question });
  const reader = useRef<PageReader>(undefined);
  const sight = useRef<readonly [number, number]>([0, 0]);

  useEffect(() => {
    const [asked, filtered] = JSON.parse(question) as [string, CredentialFilter];
    const reading = new PageReader(client, asked, filtered, (read) =>
      setList((before) =>
        read.failure && read.rows.length === 0
          ? { ...before, question, failure: read.failure }
          : { ...read, question },
      ),
    );
    reader.current = reading;
    reading.bringIntoSight(...sight.current);
    void reading.start();
    return () => reading.stop();
    // `turn` begins the same question anew
  }, [client, question, turn]);

  const bringIntoSight = useCallback((first: number, last: number) => {
    sight.current = [first, last];
    reader.current?.bringIntoSight(first, last);
  }, []);
  const isAnswered = list.question === question;
  return {
    ...list,
    busy: !isAnswered || (!list.failure && !list.complete),
    bringIntoSight,
    reload: () => setTurn((before) => before + 1),
  };
}
