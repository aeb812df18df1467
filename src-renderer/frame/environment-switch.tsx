import { Menu, VisuallyHidden } from '@mantine/core';
import type { EnvironmentCard } from '#contract/environments';
import { ProductionBadge } from '../components/marks/badge.tsx';
import { EnvironmentDot } from '../components/marks/environment-dot.tsx';
import { Icon } from '../components/marks/icon.tsx';
import { useNavigation } from '../navigation.tsx';
import { useSession } from '../session.tsx';
import styles from './environment-switch.module.css';

/** Which environment the screens work on, and the way to another. */
export function EnvironmentSwitch({ chosen }: { readonly chosen: EnvironmentCard }) {
  const { environments } = useSession();
  const { place, go } = useNavigation();
  return (
    <Menu
      position="bottom-start"
      width="target"
      // inside the navigation, so that it is read out as a part of it
      withinPortal={false}
      withInitialFocusPlaceholder={false}
      transitionProps={{ duration: 80 }}
    >
      <Menu.Target>
        <button type="button" className={styles.switch}>
          <EnvironmentDot colour={chosen.colour} />
          <span className={styles.words}>
            <VisuallyHidden>Environment</VisuallyHidden>
            <span className={styles.name}>{chosen.name}</span>
            {chosen.production && <ProductionBadge />}
          </span>
          <Icon name="choose" size={14} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {(environments.value ?? []).map(({ id, name, colour, production }) => (
          <Menu.Item
            key={id}
            leftSection={<EnvironmentDot colour={colour} />}
            rightSection={
              production ? <ProductionBadge /> : id === chosen.id && <Icon name="done" size={14} />
            }
            onClick={() => go(place.screen, id)}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="connect" size={14} />} onClick={() => go('connect')}>
          Connect a database
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
