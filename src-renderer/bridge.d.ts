import type { AppEvent } from '#contract/app';
import type { Reply } from '#contract/procedures';

/** What the preload script exposes: one call and one subscription, nothing else. */
export interface Bridge {
  call(name: string, input: unknown): Promise<Reply>;
  /** Answers a function that ends the subscription. */
  subscribe(listener: (event: AppEvent) => void): () => void;
}

declare global {
  interface Window {
    readonly keel: Bridge;
  }
}
