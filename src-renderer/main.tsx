import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

declare const window: { keel: { call(name: string, input: unknown): Promise<unknown> } };

function State() {
  const [state, setState] = useState<unknown>();
  useEffect(() => {
    void window.keel.call('app.state', {}).then(setState);
  }, []);
  return <pre>{JSON.stringify(state, null, 2)}</pre>;
}

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <State />
    </StrictMode>,
  );
}
