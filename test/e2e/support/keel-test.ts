import { test as base } from '@playwright/test';
import type { Keel, LaunchOptions } from './keel.ts';
import { launchKeel } from './launch/launch-keel.ts';

/** Specs get an app of their own; what it showed and wrote is attached where one fails. */
export const test = base.extend<{ keel: Keel; launch: LaunchOptions }>({
  launch: [{}, { option: true }],
  keel: async ({ launch }, use, info) => {
    const keel = await launchKeel(launch);
    // an action that cannot be done is named, before the whole spec runs out of time
    keel.page.setDefaultTimeout(25_000);
    try {
      await use(keel);
      if (info.status !== info.expectedStatus) {
        const shot = await keel.page.screenshot({ timeout: 3000 }).catch(() => undefined);
        if (shot) await info.attach('window', { body: shot, contentType: 'image/png' });
        await info.attach('log', { body: keel.log(), contentType: 'text/plain' });
      }
    } finally {
      await keel.close();
    }
  },
});

export { expect } from '@playwright/test';
