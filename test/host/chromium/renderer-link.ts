import { randomUUID } from 'node:crypto';
import type { CDPSession, Page } from 'playwright';
import { FrameTree, type WebFrame } from '../electron/web-frame.ts';
import { wire } from './wire.ts';
import { bindingName, type FromPage, isolatedScript, pageScript, worldName } from './worlds.ts';

export type HearPage = (message: FromPage, frame: WebFrame, answer: (reply: object) => void) => void;

/** The wire between a page's preload world and this process, with the frame that each message truly came from. */
export class RendererLink {
  readonly page: Page;
  readonly frames = new FrameTree();
  private readonly session: CDPSession;
  /** Frame id of each isolated world, by its context. */
  private readonly worlds = new Map<number, string>();

  private constructor(page: Page, session: CDPSession) {
    this.page = page;
    this.session = session;
  }

  /** Puts the preload in place for every document that the page will load. */
  static async attach(page: Page, preload: string, headed: boolean, hear: HearPage): Promise<RendererLink> {
    const session = await page.context().newCDPSession(page);
    const link = new RendererLink(page, session);
    link.followFrames();
    session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === bindingName) link.receive(payload, executionContextId, hear);
    });
    await session.send('Page.enable');
    await session.send('Runtime.enable');
    const { frameTree } = await session.send('Page.getFrameTree');
    link.frames.navigated(frameTree.frame);
    const handshake = `keel-host-${randomUUID()}`;
    await session.send('Runtime.addBinding', { name: bindingName, executionContextName: worldName });
    const scripts = [
      { worldName, source: isolatedScript(preload, handshake, headed) },
      { source: pageScript(handshake) },
    ];
    for (const script of scripts) await session.send('Page.addScriptToEvaluateOnNewDocument', script);
    return link;
  }

  /** Tells the preload's listeners of the main frame. Nothing happens where there is no document, as in Electron. */
  tell(channel: string, args: readonly unknown[]): void {
    const text = wire.encode({ kind: 'event', channel, args });
    for (const [context, frameId] of this.worlds) {
      if (this.frames.of(frameId) === this.frames.main) this.deliver(context, text);
    }
  }

  /** Invokes past the preload, from the frame that shows this address. Answers the reply, or rejects with the refusal. */
  async invokeFrom(url: string, channel: string, args: readonly unknown[]): Promise<unknown> {
    const ids = this.frames.idsAt(url);
    const world = [...this.worlds].find(([, frameId]) => ids.includes(frameId));
    if (!world) throw new Error(`no frame shows ${url}`);
    const { result, exceptionDetails } = await this.session.send('Runtime.evaluate', {
      expression: `keelHostInvoke(${JSON.stringify(channel)}, ...${JSON.stringify(args)})`,
      contextId: world[0],
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Runs an editing command where the focus is, as the menu's roles do. */
  async edit(command: string): Promise<void> {
    const expression = `document.execCommand(${JSON.stringify(command)})`;
    await this.session.send('Runtime.evaluate', { expression, userGesture: true });
  }

  /** Calls a function that stands alone in the preload's world of the main frame, and waits for what it answers. */
  async ask<Model, Answer>(asking: (model: Model) => Promise<Answer>, model: Model): Promise<Answer> {
    const world = [...this.worlds].find(([, frameId]) => this.frames.of(frameId) === this.frames.main);
    if (!world) throw new Error('the window shows nothing yet');
    const { result, exceptionDetails } = await this.session.send('Runtime.evaluate', {
      expression: `(${asking.toString()})(${JSON.stringify(model)})`,
      contextId: world[0],
      awaitPromise: true,
      returnByValue: true,
      userGesture: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as Answer;
  }

  /** Drags files from the desktop over the window, and drops them there. */
  async dropFiles(paths: readonly string[]): Promise<void> {
    const world = [...this.worlds].find(([, frameId]) => this.frames.of(frameId) === this.frames.main);
    await this.session.send('Runtime.evaluate', {
      expression: `globalThis.keelHostDragged = ${JSON.stringify(paths)}`,
      ...(world && { contextId: world[0] }),
    });
    const data = { items: [], files: [...paths], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await this.session.send('Input.dispatchDragEvent', { type, x: 500, y: 300, data });
  }

  async setZoom(factor: number): Promise<void> {
    await this.session.send('Emulation.setPageScaleFactor', { pageScaleFactor: factor });
  }

  async setPermission(name: string, granted: boolean, origin: string): Promise<void> {
    const setting = granted ? 'granted' : 'denied';
    // one that this Chromium does not know cannot be asked for either
    await this.session
      .send('Browser.setPermission', { permission: { name }, setting, origin })
      .catch(() => undefined);
  }

  /** Moves or resizes the window. */
  async setBounds(bounds: { left?: number; top?: number; width?: number; height?: number }): Promise<void> {
    const { windowId } = await this.session.send('Browser.getWindowForTarget');
    await this.session.send('Browser.setWindowBounds', { windowId, bounds });
  }

  private receive(payload: string, context: number, hear: HearPage): void {
    const frameId = this.worlds.get(context);
    const frame = frameId === undefined ? undefined : this.frames.of(frameId);
    if (!frame) return;
    const message = wire.decode(payload) as FromPage;
    hear(message, frame, (reply) => {
      const answer = message.kind === 'invoke' ? { ...reply, id: message.id } : reply;
      this.deliver(context, wire.encode(answer));
    });
  }

  private deliver(contextId: number, text: string): void {
    const expression = `keelHostReceive(${JSON.stringify(text)})`;
    // a document that is gone hears nothing
    this.session.send('Runtime.evaluate', { expression, contextId }).catch(() => undefined);
  }

  private followFrames(): void {
    const { session, frames, worlds } = this;
    session.on('Page.frameAttached', ({ frameId, parentFrameId }) => frames.add(frameId, parentFrameId));
    session.on('Page.frameDetached', ({ frameId, reason }) => {
      if (reason === 'remove') frames.remove(frameId);
    });
    session.on('Page.frameNavigated', ({ frame }) => frames.navigated(frame));
    session.on('Page.navigatedWithinDocument', ({ frameId, url }) => frames.moved(frameId, url));
    session.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name === worldName) worlds.set(context.id, String(context.auxData?.frameId));
    });
    session.on('Runtime.executionContextDestroyed', ({ executionContextId }) =>
      worlds.delete(executionContextId),
    );
    session.on('Runtime.executionContextsCleared', () => worlds.clear());
  }
}
