import { openGuardedSocket, secure } from './guarded-socket.ts';
import type { ProbeContext } from './probe-context.ts';
import type { ReachPlan } from '#connections/probe-plan';
import { type Verdict, verdict } from '#connections/verdict';

/**
 * Whether a server answers, and with a good certificate where the credential asks for TLS. Nothing is sent, so nothing is known of
 * the credential. Throws errors of the network and of the handshake.
 */
export async function probeReach(plan: ReachPlan, context: ProbeContext): Promise<Verdict> {
  const socket = await openGuardedSocket(plan, context);
  try {
    if (plan.tls === 'verified') await secure(socket, plan, context);
    return verdict('no-way-to-log-in');
  } finally {
    socket.destroy();
  }
}
