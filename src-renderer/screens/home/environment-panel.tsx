import { Button } from '@mantine/core';
import { counted, formatCount } from '#shared/counted';
import type { EnvironmentCard } from '#contract/environments';
import { artefactWords } from '../../components/artefact-text.ts';
import { ProductionBadge, StateBadge } from '../../components/marks/badge.tsx';
import { Card } from '../../components/layout/card.tsx';
import { EnvironmentDot } from '../../components/marks/environment-dot.tsx';
import { type Fact, Facts } from '../../components/layout/facts.tsx';
import { Fingerprint } from '../../components/marks/fingerprint.tsx';
import { asSentence } from '../../components/format.ts';
import { KeyAge } from '../../components/marks/key-age.tsx';
import { RelativeTime } from '../../components/marks/relative-time.tsx';
import { certificateDue, nextSteps } from '../../components/environments/next-steps.ts';
import { useProceed } from './use-proceed.ts';
import styles from './home.module.css';
import { besideInWords } from './ring-text.ts';
import { transportInWords } from './transport-text.ts';

export interface EnvironmentPanelProps {
  readonly card: EnvironmentCard;
  readonly onLeavePractice: () => void;
}

/** One environment: what is known, and the one thing to do next. */
export function EnvironmentPanel({ card, onLeavePractice }: EnvironmentPanelProps) {
  const proceed = useProceed();
  const { name, colour, production, practice, next } = card;
  const step = nextSteps[next.action];
  const ending = certificateDue(card, Date.now());

  return (
    <Card
      title={
        <>
          <EnvironmentDot colour={colour} />
          <span>{name}</span>
          {production && <ProductionBadge />}
        </>
      }
      aside={<StateBadge tone={step.tone}>{step.state}</StateBadge>}
      calm={next.action === 'nothing'}
      footer={
        <>
          <span>
            {asSentence(next.why).replace(/\.$/, '')}
            {ending !== undefined && `; the server’s ${ending}`}
          </span>
          <Button variant={next.action === 'nothing' ? 'default' : 'filled'} onClick={() => proceed(card)}>
            {step.label}
          </Button>
        </>
      }
    >
      <Facts facts={[...factsOf(card), ...(practice ? [leaving(onLeavePractice)] : [])]} />
    </Card>
  );
}

function factsOf(card: EnvironmentCard): Fact[] {
  const { activeKey, pendingKey, proof, columns, transport, lastRotation, address } = card;
  const facts: Fact[] = [
    {
      name: 'Key',
      value: activeKey ? (
        <>
          <Fingerprint value={activeKey.fingerprint} />
          <KeyAge {...activeKey} />
        </>
      ) : pendingKey !== undefined ? (
        <>
          <Fingerprint value={pendingKey} />
          <span>not proven yet</span>
        </>
      ) : (
        'none yet'
      ),
    },
    {
      name: 'Decrypts',
      value: proof
        ? `${formatCount(proof.opened)} of ${counted(proof.values, 'value')}`
        : columns > 0
          ? `${counted(columns, 'encrypted column')}, not proven yet`
          : 'not scanned yet',
    },
    // of a key that is not in use the card does not know it
    ...(activeKey ? [backupOf(activeKey)] : []),
    { name: 'In transit', value: transport ? transportInWords(transport) : 'not connected yet' },
    { name: 'Database', value: `${address.database} on ${address.host}` },
  ];
  if (lastRotation) {
    facts.push({
      name: 'Last rotation',
      value: (
        <>
          <RelativeTime at={lastRotation.at} />
          {lastRotation.confirmed
            ? ', confirmed'
            : lastRotation.handedOff
              ? ', handed off'
              : ', not handed off'}
        </>
      ),
    });
  }
  const beside = besideInWords(card);
  if (beside !== undefined) facts.push({ name: 'Also', value: beside });
  return facts;
}

function backupOf({ provenAt, provenArtefact }: NonNullable<EnvironmentCard['activeKey']>): Fact {
  return {
    name: 'Backup',
    value:
      provenAt && provenArtefact ? (
        <>
          {artefactWords[provenArtefact]}, tested <RelativeTime at={provenAt} />
        </>
      ) : (
        <StateBadge tone="stop">never tested</StateBadge>
      ),
  };
}

function leaving(onLeavePractice: () => void): Fact {
  return {
    name: 'Practice',
    value: (
      <>
        sample data, deleted when you end practice ·{' '}
        <button type="button" className={styles.leave} onClick={onLeavePractice}>
          End practice
        </button>
      </>
    ),
  };
}
