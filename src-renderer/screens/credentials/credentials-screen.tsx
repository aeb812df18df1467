import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { EnvironmentCard } from '#contract/environments';
import { EmptyState } from '../../components/notices/empty-state.tsx';
import { Screen } from '../../components/layout/screen.tsx';
import { useNavigation } from '../../navigation.tsx';
import { ArchiveView } from './archive-view.tsx';
import { CredentialBrowser } from './credential-browser.tsx';

type View = 'list' | 'archive';

/** The credentials that the application keeps, by name; one at a time in clear; all of them in a sealed archive. */
export function CredentialsScreen({ environment }: { readonly environment: EnvironmentCard }) {
  const { go } = useNavigation();
  const application = environment.application.name;
  const [view, setView] = useState<View>('list');
  const isReady = environment.columns > 0 && environment.activeKey !== undefined;
  return (
    <Screen
      title="Credentials"
      subtitle={`What ${application} stores encrypted, by source and kind. Values stay hidden until you hold a button.`}
      actions={
        isReady && (
          <SegmentedControl
            aria-label="View"
            value={view}
            onChange={(value) => setView(value as View)}
            data={[
              { value: 'list', label: 'List' },
              { value: 'archive', label: 'Archive' },
            ]}
          />
        )
      }
    >
      {!isReady && (
        <EmptyState
          icon="credentials"
          title="No credentials found yet"
          actions={<Button onClick={() => go('prove')}>Find columns and prove the key</Button>}
        >
          Keel lists what a proven key decrypts. Find the encrypted columns, and prove the key that{' '}
          {application} uses.
        </EmptyState>
      )}
      {isReady && view === 'list' && <CredentialBrowser environment={environment} />}
      {isReady && view === 'archive' && <ArchiveView environment={environment} />}
    </Screen>
  );
}
