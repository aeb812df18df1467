import type { HttpMeaning } from './probes/http-meaning.ts';

/**
 * How far the way to a server is protected, as the credential itself asks for: `if-offered` and `unverified` are what drivers do
 * where nobody asks for more.
 */
export type TlsWish = 'none' | 'if-offered' | 'unverified' | 'verified';

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** A login at a database server. Its texts are secret, and live no longer than the probe. */
export interface LoginPlan extends Place {
  readonly probe: 'postgresql' | 'mysql' | 'redis' | 'mongodb';
  readonly tls: TlsWish;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  /** MongoDB: the database that knows the user. */
  readonly authSource?: string;
  /** MongoDB: the host is the name of a record that lists the servers. */
  readonly isServiceName?: boolean;
}

/** One request that asks who we are. */
export interface HttpPlan extends Place {
  readonly probe: string;
  readonly method: 'GET' | 'POST';
  readonly secure: boolean;
  /** Path with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The headers without the credential, with which a server that accepted it is asked once more: it works only if that is refused.
   */
  readonly anonymous: Readonly<Record<string, string>>;
  /** A provider's own server, whose documentation says how it answers: what it answers with 2xx needs no second question. */
  readonly isDocumented?: boolean;
  readonly body?: string;
  readonly meaning: HttpMeaning;
}

/** A server that can be reached, and to which no way to log in is known here. */
export interface ReachPlan extends Place {
  readonly probe: 'tls';
  readonly tls: TlsWish;
}

export type ProbePlan = LoginPlan | HttpPlan | ReachPlan;
