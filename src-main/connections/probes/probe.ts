import { faultReason } from './fault-reason.ts';
import { probeHttp } from './http-probe.ts';
import { probeMongodb } from './mongodb-probe.ts';
import { probeMysql } from './mysql-probe.ts';
import { probePostgresql } from './postgresql-probe.ts';
import type { ProbeContext } from './probe-context.ts';
import type { LoginPlan, ProbePlan } from '#connections/probe-plan';
import { probeRedis } from './redis-probe.ts';
import { probeReach } from './tls-probe.ts';
import { ProbeEnded, type Verdict, verdict } from '#connections/verdict';

/**
 * Tries one credential and says what became of it. Whatever goes wrong on the way is a verdict too; nothing that a server or a driver
 * said is in it. Throws only when the signal says so.
 */
export async function probe(plan: ProbePlan, context: ProbeContext): Promise<Verdict> {
  const { signal, timeoutMs } = context;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    signal.throwIfAborted();
    return await run(plan, { ...context, signal: AbortSignal.any([signal, timeout]) });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ProbeEnded && !timeout.aborted) return verdict(error.reason);
    if (timeout.aborted) return verdict('timeout');
    return verdict(faultReason(error) ?? 'answer-unclear');
  }
}

async function run(plan: ProbePlan, context: ProbeContext): Promise<Verdict> {
  const found = await runHere(plan, context);
  // what a destroyed socket looked like to a driver is no finding
  context.signal.throwIfAborted();
  return found;
}

function runHere(plan: ProbePlan, context: ProbeContext): Promise<Verdict> {
  if ('meaning' in plan) return probeHttp(plan, context);
  if (plan.probe === 'tls') return probeReach({ ...plan, probe: 'tls' }, context);
  return logins[plan.probe as LoginPlan['probe']](plan as LoginPlan, context);
}

const logins: Readonly<
  Record<LoginPlan['probe'], (plan: LoginPlan, context: ProbeContext) => Promise<Verdict>>
> = {
  postgresql: probePostgresql,
  mysql: probeMysql,
  redis: probeRedis,
  mongodb: probeMongodb,
};
