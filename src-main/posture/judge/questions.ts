import type { PostureAnswer, PostureQuestion } from '#contract/posture';
import {
  type JudgedFinding,
  dayOf,
  daysBetween,
  fail,
  pass,
  type Subject,
  unknown,
  warn,
} from '#posture/finding';

/** What an answer was true of a year ago may not be so today. */
const answerDays = 365;

interface Question {
  readonly text: string;
  /** What a “no” is. */
  readonly no: 'fail' | 'warn';
  readonly remedy: string;
}

const questions: Readonly<Record<PostureQuestion, Question>> = {
  'postgres-disk': {
    text: 'Is the disk under PostgreSQL encrypted?',
    no: 'fail',
    remedy: 'move its data directory to an encrypted disk (LUKS, or your cloud’s volume encryption)',
  },
  'qdrant-disk': {
    text: 'Is the disk under Qdrant encrypted?',
    no: 'fail',
    remedy: 'move its storage and snapshots to an encrypted disk: Qdrant has no built-in encryption',
  },
  dumps: {
    text: 'Are dumps, snapshots and replicas of the database encrypted at rest?',
    no: 'fail',
    remedy:
      'encrypt dumps before they leave the server, for example with `age`, and encrypt the disks of replicas',
  },
  'secrets-manager': {
    text: 'Does the application get its key from a secrets manager?',
    no: 'warn',
    remedy:
      'keep it in one (Vault, a cloud secrets manager, Kubernetes or Docker secrets) that provides it to the application at startup',
  },
  'separate-keys': {
    text: 'Does every other environment (staging, tests) have its own key?',
    no: 'fail',
    remedy: 'rotate all but one of them to a new key',
  },
};

/** The finding that rests on the admin's word; `seen` is what is known besides, `ask` other words for this case. */
export function judgeAnswer(
  subject: Subject,
  id: PostureQuestion,
  { answers, at }: { readonly answers: readonly PostureAnswer[]; readonly at: string },
  seen?: string,
  ask?: string,
): JudgedFinding {
  const { text, no, remedy } = questions[id];
  const answer = answers.findLast(({ question }) => question === id);
  const asked = ask ?? text;
  const besides = seen === undefined ? '' : `; ${seen}`;
  const question = { question: { id, text: asked, ...(answer && { answer }) } };
  if (!answer)
    return {
      ...unknown(subject, `this cannot be checked from here${besides}`, `answer: ${asked}`),
      ...question,
    };
  const said = `answered “${answer.answer}” on ${dayOf(answer.at)}${besides}`;
  if (daysBetween(answer.at, at) > answerDays)
    return {
      ...unknown(subject, `${said}; that is over a year ago`, `check, and answer again: ${asked}`),
      ...question,
    };
  if (answer.answer === 'yes') return { ...pass(subject, said), ...question };
  return { ...(no === 'fail' ? fail : warn)(subject, said, remedy), ...question };
}
