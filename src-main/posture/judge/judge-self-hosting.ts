import type { PostureFacts } from '#posture/facts';
import { type JudgedFinding, fail, pass, type Subject, unknown, warn } from '#posture/finding';
import { judgeAnswer } from './questions.ts';

/** “Self-hosting considerations”, all five. What findings above say already is drawn together. */
export function judgeSelfHosting(facts: PostureFacts, above: readonly JudgedFinding[]): JudgedFinding[] {
  const of = (chosen: (finding: JudgedFinding) => boolean) => above.filter(chosen);
  return [
    judgeManager(facts),
    drawnTogether(
      about('separate', 'Use a separate key per environment'),
      of(({ id }) => id === 'keys.separate'),
    ),
    drawnTogether(
      about('backup', 'Back up keys securely'),
      of(({ id }) => id === 'keys.backup'),
    ),
    drawnTogether(
      about('at-rest', 'Enable database encryption at rest'),
      of(({ id }) => id === 'postgres.disk' || id === 'postgres.dumps' || id === 'qdrant.disk'),
    ),
    drawnTogether(
      about('tls', 'Use TLS for all connections'),
      of(({ area }) => area === 'transit'),
    ),
  ];
}

function about(id: string, title: string): Subject {
  return {
    id: `self-hosting.${id}`,
    area: 'self-hosting',
    title,
    why: 'One of the five recommendations for self-hosting on Ballast’s page.',
  };
}

function judgeManager(facts: PostureFacts): JudgedFinding {
  const subject = about('secrets-manager', 'Store the encryption key in a secrets manager');
  const holding = facts.keyFiles.filter(({ keys, delivered }) => keys.length > 0 && !delivered);
  if (holding.length > 0) {
    const files = holding.map(({ path }) => path).join(', ');
    return warn(
      subject,
      `a key is stored in plain text in ${files}`,
      'let a secrets manager provide it to the application at startup, and remove it from there',
    );
  }
  const delivered = facts.keyFiles.filter((file) => file.delivered && file.keys.length > 0);
  if (delivered.length > 0)
    return pass(subject, `the key is delivered to ${delivered.map(({ path }) => path).join(', ')}`);
  return judgeAnswer(subject, 'secrets-manager', facts);
}

/** As bad as the worst of them; what is not known does not pass. */
function drawnTogether(subject: Subject, findings: readonly JudgedFinding[]): JudgedFinding {
  for (const [status, make, what] of [
    ['fail', fail, 'fails'],
    ['unknown', unknown, 'unknown'],
    ['warn', warn, 'to review'],
  ] as const) {
    const found = findings.filter((finding) => finding.status === status);
    const [first] = found;
    if (!first) continue;
    const remedy = found.length === 1 ? first.remedy : undefined;
    return make(
      subject,
      `${what}: ${found.map(({ title }) => title).join(', ')}`,
      remedy ?? 'see these findings above',
    );
  }
  return pass(
    subject,
    findings.length === 1 ? (findings[0]?.seen ?? '') : `all ${findings.length} findings about it pass`,
  );
}
