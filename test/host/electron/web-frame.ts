import { toAppUrl } from '../chromium/addresses.ts';
import { modelled } from './strict.ts';

export interface WebFrame {
  readonly url: string;
  readonly origin: string;
  readonly name: string;
  readonly parent: WebFrame | null;
  readonly top: WebFrame | null;
  readonly frames: readonly WebFrame[];
  readonly detached: boolean;
  readonly processId: number;
  readonly routingId: number;
  readonly frameTreeNodeId: number;
  isDestroyed(): boolean;
}

interface FrameState {
  readonly id: string;
  readonly parentId: string | undefined;
  url: string;
  origin: string;
  gone: boolean;
}

/** The frames of a page as Chromium reports them, never as they describe themselves. */
export class FrameTree {
  private readonly states = new Map<string, FrameState>();
  private readonly frames = new Map<string, WebFrame>();
  private made = 0;
  private rootId = '';

  get main(): WebFrame {
    return this.frames.get(this.rootId)!;
  }

  of(id: string): WebFrame | undefined {
    return this.frames.get(id);
  }

  /** Ids of the frames that show this address, as the app knows it. */
  idsAt(url: string): string[] {
    return [...this.states.values()].filter((state) => toAppUrl(state.url) === url).map(({ id }) => id);
  }

  add(id: string, parentId: string | undefined): void {
    if (this.states.has(id)) return;
    const state: FrameState = { id, parentId, url: '', origin: 'null', gone: false };
    if (parentId === undefined) this.rootId = id;
    this.states.set(id, state);
    this.frames.set(id, this.modelOf(state));
  }

  navigated(frame: { id: string; parentId?: string; url: string; securityOrigin?: string }): void {
    this.add(frame.id, frame.parentId);
    const state = this.states.get(frame.id)!;
    state.url = frame.url;
    if (frame.securityOrigin !== undefined)
      state.origin = frame.securityOrigin === '://' ? 'null' : frame.securityOrigin;
  }

  /** The same document under another address. */
  moved(id: string, url: string): void {
    const state = this.states.get(id);
    if (state) state.url = url;
  }

  remove(id: string): void {
    const state = this.states.get(id);
    if (state) state.gone = true;
    this.states.delete(id);
    this.frames.delete(id);
  }

  private modelOf(state: FrameState): WebFrame {
    const { frames, states } = this;
    const number = ++this.made;
    const frame: WebFrame = modelled('WebFrameMain', {
      get url() {
        return toAppUrl(state.url);
      },
      get origin() {
        return toAppUrl(state.origin);
      },
      get parent() {
        return state.parentId === undefined ? null : (frames.get(state.parentId) ?? null);
      },
      get top(): WebFrame | null {
        return frame.parent?.top ?? frame;
      },
      get frames() {
        const children = [...states.values()].filter(({ parentId }) => parentId === state.id);
        return children.map(({ id }) => frames.get(id)!);
      },
      get detached() {
        return state.gone;
      },
      name: '',
      processId: 1,
      routingId: number,
      frameTreeNodeId: number,
      isDestroyed: () => state.gone,
    });
    return frame;
  }
}
