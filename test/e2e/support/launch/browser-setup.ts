import { npmChromium } from '../../../host/chromium/npm-chromium.ts';
import { hostOfSpecs } from './launch-keel.ts';

/** Unpacks the browser before the first spec waits for it. */
export default async function setup(): Promise<void> {
  if (hostOfSpecs() === 'chromium' && process.env['KEEL_CHROMIUM'] === undefined) await npmChromium();
}
