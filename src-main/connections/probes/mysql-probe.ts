import type { ProbeReason } from '#contract/connections';
import { faultReason } from './fault-reason.ts';
import { openGuardedSocket } from './guarded-socket.ts';
import { cautionOf, orClosed } from './postgresql-probe.ts';
import type { ProbeContext } from './probe-context.ts';
import type { LoginPlan } from '#connections/probe-plan';
import { oldestTls } from '#connections/trust';
import { ProbeEnded, type Verdict, verdict } from '#connections/verdict';

/** By the server's error number (MySQL reference, "Server Error Message Reference"; MariaDB has the same). */
const byNumber: Readonly<Record<number, ProbeReason>> = {
  1040: 'server-busy',
  1203: 'server-busy',
  1226: 'server-busy',
  1044: 'database-refused',
  1049: 'database-refused',
  1045: 'login-refused',
  1698: 'login-refused',
  1129: 'address-refused',
  1130: 'address-refused',
  1820: 'account-locked',
  1862: 'account-locked',
  3118: 'account-locked',
  4151: 'account-locked',
  3159: 'no-tls',
};

/** Logs in, asks who it is in a transaction that may only read, and leaves. Throws errors of the network. */
export async function probeMysql(plan: LoginPlan, context: ProbeContext): Promise<Verdict> {
  try {
    return await logIn(plan, context);
  } catch (error) {
    const mayBePlain = plan.tls === 'if-offered';
    if (!mayBePlain || !(error instanceof ProbeEnded) || error.reason !== 'no-tls') throw error;
    return logIn({ ...plan, tls: 'none' }, context);
  }
}

async function logIn(plan: LoginPlan, context: ProbeContext): Promise<Verdict> {
  const { createConnection } = await import('mysql2');
  const socket = await openGuardedSocket(plan, context);
  const connection = createConnection({
    stream: socket,
    host: plan.host,
    port: plan.port,
    ...(plan.user !== undefined && { user: plan.user }),
    ...(plan.password !== undefined && { password: plan.password }),
    ...(plan.database !== undefined && { database: plan.database }),
    ...(plan.tls !== 'none' && {
      ssl: {
        // mysql2 builds its own context
        ca: [...context.trust.roots] as string[],
        minVersion: oldestTls,
        rejectUnauthorized: plan.tls === 'verified',
        verifyIdentity: plan.tls === 'verified',
      },
    }),
    // a server could ask for files of this machine
    flags: ['-LOCAL_FILES'],
    connectTimeout: 0,
  });
  connection.on('error', () => undefined);
  const run = (statement: string) =>
    new Promise<unknown>((resolve, reject) => {
      connection.query(statement, (error, rows) => (error ? reject(error) : resolve(rows)));
    });
  try {
    const account = await orClosed(socket, async () => {
      await run('START TRANSACTION READ ONLY');
      const rows = await run('SELECT CURRENT_USER() AS account');
      await run('ROLLBACK');
      return Array.isArray(rows) ? String((rows[0] as { account?: unknown } | undefined)?.account) : '';
    });
    return verdict(lacksProof(plan, account) ? 'no-password-needed' : 'logged-in', cautionOf(plan));
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === 'no-tls' || reason === undefined) throw reason ? new ProbeEnded(reason) : error;
    return verdict(reason, cautionOf(plan));
  } finally {
    connection.destroy();
    socket.destroy();
  }
}

/**
 * Whether nothing was proved: the credential has no password, or the server runs with `skip-grant-tables` and takes any. It says so by
 * the account that it took the login for; a password that was made up could lock it.
 */
function lacksProof({ password }: LoginPlan, account: string): boolean {
  return (password ?? '') === '' || /^(@|skip-grants user@.*)$/.test(account);
}

/** mysql2 puts a code of its own over that of TLS; the words of OpenSSL and Node stay, and nobody else's are among them. */
const byHandshakeWords: readonly (readonly [RegExp, ProbeReason])[] = [
  [/has expired/, 'expired'],
  [/not yet valid/, 'not-yet-valid'],
  [/self[- ]signed certificate in/, 'authority-unknown'],
  [/self[- ]signed/, 'self-signed'],
  [/unable to (verify|get)|issuer/, 'authority-unknown'],
  [/altname|does not match/i, 'other-host'],
  [/protocol version|unsupported protocol/i, 'tls-outdated'],
];

function reasonOf(error: unknown): ProbeReason | undefined {
  const { code = '', errno = 0, message = '' } = error as { code?: string; errno?: number; message?: string };
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return 'no-tls';
  if (code === 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED') return 'would-be-readable';
  if (code === 'PROTOCOL_CONNECTION_LOST') return 'cut-off';
  if (Object.hasOwn(byNumber, errno)) return byNumber[errno];
  const below = faultReason(error);
  if (below) return below;
  if (code === 'HANDSHAKE_SSL_ERROR') {
    return byHandshakeWords.find(([words]) => words.test(message))?.[1] ?? 'handshake-failed';
  }
  return /^(ER_|PROTOCOL_|AUTH_SWITCH_)/.test(code) ? 'answer-unclear' : undefined;
}
