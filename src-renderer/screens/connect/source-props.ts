import type { Dispatch, SetStateAction } from 'react';
import type { Draft } from './connection-draft.ts';

/** What each way to name a database is given. */
export interface SourceProps {
  readonly draft: Draft;
  readonly onChange: Dispatch<SetStateAction<Draft>>;
}
