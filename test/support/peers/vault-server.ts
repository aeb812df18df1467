import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A version of a secret: the text of its fields, or that it was deleted. */
type Version = string | null;

/**
 * The calls of the HTTP API of Vault that Keel makes, as its documentation has them ("KV secrets engine version 1", "version 2",
 * "/sys/internal/ui/mounts"): an engine of version 1 at `kv1`, one of version 2 at `secret`, and one for certificates at `pki`. What is
 * written is kept as text, like a server in Go that decodes numbers as they are spelled.
 */
export class VaultServer implements AsyncDisposable {
  /** By path, of version 1. */
  readonly plain = new Map<string, string>();
  /** By path, of version 2. */
  readonly versioned = new Map<string, Version[]>();
  readonly seen: string[] = [];
  /** Called before a write is looked at. */
  onWrite = () => {};
  /** What a write of version 1 is kept as. */
  keepAs = (fields: string) => fields;
  answerAs: number | undefined;
  /** A token may ask which engine is mounted where. */
  saysEngines = true;

  readonly address: string;
  private readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<VaultServer> {
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const vault = new VaultServer(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        vault.seen.push(`${request.method} ${request.url}`);
        const [status, body, headers] = vault.answer(request, Buffer.concat(chunks).toString());
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
      });
    });
    return vault;
  }

  private answer(
    { method = '', url = '', headers }: IncomingMessage,
    body: string,
  ): [number, string, object?] {
    if (this.answerAs) return [this.answerAs, '{"errors":[]}', { location: 'http://127.0.0.1:1/elsewhere' }];
    if (headers['x-vault-token'] !== 'a-token') return [403, '{"errors":["permission denied"]}'];
    const path = decodeURIComponent(url.replace('/v1/', ''));
    const rest = (prefix: string) => (path.startsWith(prefix) ? path.slice(prefix.length) : undefined);
    const mounted = rest('sys/internal/ui/mounts/');
    if (mounted !== undefined) return this.engineAt(mounted);
    const plain = rest('kv1/');
    if (plain !== undefined) return this.answerPlain(method, plain, body);
    const versioned = rest('secret/data/');
    if (versioned !== undefined) return this.answerVersioned(method, versioned, body);
    const metadata = rest('secret/metadata/');
    if (metadata !== undefined && method === 'DELETE') {
      this.versioned.delete(metadata);
      return [204, ''];
    }
    return [404, '{"errors":["no handler for route"]}'];
  }

  private engineAt(path: string): [number, string] {
    if (!this.saysEngines) return [403, '{"errors":["preflight capability check returned 403"]}'];
    const of = (type: string, options: string) =>
      `{"data":{"type":"${type}","options":${options},"path":"x/"}}`;
    if (path.startsWith('secret/')) return [200, of('kv', '{"version":"2"}')];
    if (path.startsWith('kv1/')) return [200, of('kv', 'null')];
    return path.startsWith('pki/') ? [200, of('pki', 'null')] : [404, '{"errors":[]}'];
  }

  private answerPlain(method: string, path: string, body: string): [number, string] {
    if (method === 'DELETE') this.plain.delete(path);
    else if (method === 'POST') {
      this.onWrite();
      this.plain.set(path, this.keepAs(body));
    } else {
      const fields = this.plain.get(path);
      return fields === undefined
        ? [404, '{"errors":[]}']
        : [200, `{"lease_duration":2764800,"data":${fields},"warnings":null}`];
    }
    return [204, ''];
  }

  private answerVersioned(method: string, path: string, body: string): [number, string] {
    const versions = this.versioned.get(path) ?? [];
    if (method === 'POST') {
      this.onWrite();
      const now = this.versioned.get(path) ?? [];
      const [, cas, fields = ''] = /^\{"options":\{"cas":(\d+)\},"data":(.*)\}$/s.exec(body) ?? [];
      if (Number(cas) !== now.length)
        return [400, '{"errors":["check-and-set parameter did not match the current version"]}'];
      this.versioned.set(path, [...now, fields]);
      return [200, `{"data":{"version":${now.length + 1}}}`];
    }
    if (method === 'DELETE') {
      this.versioned.set(path, [...versions.slice(0, -1), null]);
      return [204, ''];
    }
    const last = versions.at(-1);
    if (last === undefined) return [404, '{"errors":[]}'];
    return [last === null ? 404 : 200, `{"data":{"data":${last},"metadata":{"version":${versions.length}}}}`];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}
