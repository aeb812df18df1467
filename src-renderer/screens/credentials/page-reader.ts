import type { ListedCredential } from '#contract/credentials';
import type { Input } from '#contract/procedures';
import type { Failure } from '#contract/shapes';
import type { Client } from '../../client.ts';

export type CredentialFilter = Pick<Input<'credentials.list'>, 'search' | 'kind' | 'opens'>;

/** A list of which only the rows that were in sight have been read. */
export interface PartlyRead {
  /** A place for each credential; empty until it is read. The same list each time, which fills. */
  readonly rows: readonly (ListedCredential | undefined)[];
  /** There are no more than these. */
  readonly complete: boolean;
  readonly failure?: Failure;
}

interface Page {
  readonly after: string;
  credentials: number;
  /** The place of its first row. */
  first: number;
  read: boolean;
}

/** Credentials of a page. */
const limit = 100;
/** Higher than this a browser draws no list of rows. */
const maxListed = 500_000;

/** Reads the beginning of a list, then how long it is, and then whatever is in sight, a page at a time. */
export class PageReader {
  readonly #client: Pick<Client, 'call'>;
  readonly #query: CredentialFilter & { readonly environment: string; readonly limit: number };
  readonly #tell: (list: PartlyRead) => void;
  readonly #rows: (ListedCredential | undefined)[] = [];
  readonly #pages: Page[] = [];
  #complete = false;
  #stopped = false;
  #reading = false;
  #sight: readonly [first: number, last: number] = [0, 0];

  constructor(
    client: Pick<Client, 'call'>,
    environment: string,
    filter: CredentialFilter,
    tell: (list: PartlyRead) => void,
  ) {
    this.#client = client;
    this.#query = { environment, limit, ...filter };
    this.#tell = (list) => {
      if (!this.#stopped) tell(list);
    };
  }

  async start(): Promise<void> {
    const head = await this.#client.call('credentials.list', this.#query);
    if (!head.ok) return this.#fail(head.error);
    const { credentials, next } = head.value;
    this.#rows.push(...credentials);
    this.#complete = next === undefined;
    this.#show();
    if (!this.#complete) await this.#outline();
  }

  /** What it reads after this is told to nobody. */
  stop(): void {
    this.#stopped = true;
  }

  /** Reads the rows from one place to before another, if they are still in sight when their turn comes. */
  bringIntoSight(first: number, last: number): void {
    this.#sight = [first, last];
    void this.#readSight();
  }

  async #outline(): Promise<void> {
    let total = 0;
    for (let after: string | undefined; !this.#complete && total < maxListed && !this.#stopped; ) {
      const part = await this.#client.call('credentials.outline', {
        ...this.#query,
        ...(after !== undefined && { after }),
      });
      if (!part.ok) return this.#fail(part.error);
      for (const page of part.value.pages) {
        this.#pages.push({ ...page, first: total, read: false });
        total += page.credentials;
      }
      after = part.value.next;
      this.#complete = after === undefined;
      while (this.#rows.length < total) this.#rows.push(undefined);
      // the beginning may have had rows that were removed since
      if (this.#complete) this.#rows.length = total;
      this.#show();
      void this.#readSight();
    }
  }

  async #readSight(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    for (let page = this.#unreadInSight(); page && !this.#stopped; page = this.#unreadInSight()) {
      const answer = await this.#client.call('credentials.list', { ...this.#query, after: page.after });
      if (!answer.ok) {
        this.#reading = false;
        return this.#fail(answer.error);
      }
      this.#place(page, answer.value.credentials);
      this.#show();
    }
    this.#reading = false;
  }

  #unreadInSight(): Page | undefined {
    const [from, to] = this.#sight;
    return this.#pages.find(
      ({ first, credentials, read }) =>
        !read &&
        first < to &&
        first + credentials > from &&
        this.#rows.slice(first, first + credentials).includes(undefined),
    );
  }

  /** Rows that were removed since the outline was made leave no gap; those that were added come with the next one. */
  #place(page: Page, credentials: readonly ListedCredential[]): void {
    const found = credentials.slice(0, page.credentials);
    const removed = page.credentials - found.length;
    for (const [at, row] of found.entries()) this.#rows[page.first + at] = row;
    page.read = true;
    if (removed === 0) return;
    this.#rows.splice(page.first + found.length, removed);
    page.credentials = found.length;
    for (const later of this.#pages) if (later.first > page.first) later.first -= removed;
  }

  #show(): void {
    this.#tell({ rows: this.#rows, complete: this.#complete });
  }

  #fail(failure: Failure): void {
    this.#tell({ rows: this.#rows, complete: this.#complete, failure });
  }
}
