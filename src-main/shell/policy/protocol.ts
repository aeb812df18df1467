import type { CustomScheme, Protocol } from 'electron';
import { isAppUrl, scheme } from './origin.ts';

/** To be registered before the app is ready: an origin of its own, a secure context, and no more privilege than that. */
export const appScheme: CustomScheme = {
  scheme,
  privileges: { standard: true, secure: true, supportFetchAPI: true },
};

/** Serves the app's files under its own origin; any other host of the scheme has nothing. */
export function serveScheme(
  protocol: Pick<Protocol, 'handle'>,
  serve: (request: Request) => Promise<Response>,
): void {
  protocol.handle(scheme, (request) =>
    isAppUrl(request.url) ? serve(request) : new Response(null, { status: 404 }),
  );
}
