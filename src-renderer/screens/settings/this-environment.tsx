import { Button, Group } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import type { Failure } from '#contract/shapes';
import { ProductionBadge } from '../../components/marks/badge.tsx';
import { Card } from '../../components/layout/card.tsx';
import { EnvironmentDot } from '../../components/marks/environment-dot.tsx';
import { FailureNotice } from '../../components/notices/failure-notice.tsx';
import { ForgetEnvironment } from '../../components/environments/forget-environment.tsx';
import { type Appearance, AppearanceFields } from '../../components/fields/appearance-fields.tsx';
import { useClient } from '../../use-client.ts';
import styles from './settings.module.css';

/** How the chosen environment is told from others, and the way to forget it. */
export function ThisEnvironment({ environment }: { readonly environment: EnvironmentCard }) {
  const client = useClient();
  const { id, address, practice } = environment;
  const [appearance, setAppearance] = useState<Appearance>(() => appearanceOf(environment));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [saved, setSaved] = useState(false);
  const [forgetting, setForgetting] = useState(false);
  const named = appearance.name.trim() !== '';

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!named) return;
    setBusy(true);
    const result = await client.call('environments.update', { environment: id, ...appearance });
    setBusy(false);
    setFailure(result.ok ? undefined : result.error);
    setSaved(result.ok);
  };

  return (
    <Card
      title={
        <>
          <EnvironmentDot colour={environment.colour} />
          <span>This environment: {environment.name}</span>
          {environment.production && <ProductionBadge />}
        </>
      }
    >
      <form className={styles.environment} onSubmit={(event) => void save(event)}>
        <p className={styles.said}>
          {address.database} on {address.host}, port {address.port}
        </p>
        <AppearanceFields
          appearance={appearance}
          onChange={(changed) => {
            setAppearance(changed);
            setSaved(false);
          }}
        />
        {failure && <FailureNotice failure={failure} />}
        <div className={styles.line}>
          <Group gap="xs">
            <Button
              type="submit"
              variant="default"
              loading={busy}
              disabled={!named || isSame(appearance, appearanceOf(environment))}
            >
              Save
            </Button>
            <span role="status">{saved ? 'Saved.' : named ? '' : 'Enter a name.'}</span>
          </Group>
          {!practice && (
            <Button variant="default" onClick={() => setForgetting(true)}>
              Forget this environment…
            </Button>
          )}
        </div>
      </form>
      {forgetting && <ForgetEnvironment environment={environment} onClose={() => setForgetting(false)} />}
    </Card>
  );
}

function appearanceOf({ name, colour, production }: EnvironmentCard): Appearance {
  return { name, colour, production };
}

function isSame(one: Appearance, other: Appearance): boolean {
  return one.name.trim() === other.name && one.colour === other.colour && one.production === other.production;
}
