import { VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import { byUrgency, nextSteps } from '../components/environments/next-steps.ts';
import { ProductionBadge } from '../components/marks/badge.tsx';
import { EnvironmentDot } from '../components/marks/environment-dot.tsx';
import { Icon } from '../components/marks/icon.tsx';
import { useNavigation } from '../navigation.tsx';
import { useSession } from '../session.tsx';
import { Chooser } from './chooser.tsx';
import styles from './environment-switch.module.css';
import { EnvironmentMark } from './environment-mark.tsx';

/** Which environment the screens work on, and the way to another. */
export function EnvironmentSwitch({ chosen }: { readonly chosen: EnvironmentCard | undefined }) {
  const [choosing, setChoosing] = useState(false);
  return (
    <>
      <button
        type="button"
        className={styles.switch}
        aria-haspopup="dialog"
        title={chosen?.name}
        onClick={() => setChoosing(true)}
      >
        {chosen && <EnvironmentDot colour={chosen.colour} />}
        <span className={styles.words}>
          <VisuallyHidden>Environment</VisuallyHidden>
          <span className={styles.name}>{chosen?.name ?? 'Choose one'}</span>
          {chosen?.production && <ProductionBadge />}
        </span>
        <Icon name="choose" size={14} />
      </button>
      {choosing && <ChooseEnvironment chosen={chosen} onClose={() => setChoosing(false)} />}
    </>
  );
}

interface ChooseEnvironmentProps {
  readonly chosen: EnvironmentCard | undefined;
  readonly onClose: () => void;
}

/** All environments, the most urgent first, found by typing. */
function ChooseEnvironment({ chosen, onClose }: ChooseEnvironmentProps) {
  const { environments } = useSession();
  const { place, go } = useNavigation();
  const choices = byUrgency(environments.value ?? [], Date.now()).map((card) => {
    const { id, name, production, address, next } = card;
    const state = next.action === 'nothing' ? '' : nextSteps[next.action].state;
    return {
      id,
      title: name,
      group: id === chosen?.id ? 'chosen' : state,
      words: `${address.database} ${address.host} ${production ? 'production prod' : ''}`,
      mark: <EnvironmentMark card={card} />,
      run: () => go(place.screen, id),
    };
  });
  const connect = {
    id: 'connect',
    title: 'Connect a database',
    group: '',
    mark: <Icon name="connect" size={14} />,
    run: () => go('connect'),
  };
  return (
    <Chooser
      title="Switch to an environment"
      placeholder="A name, a database or a host"
      choices={[...choices, connect]}
      onClose={onClose}
    />
  );
}
