import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createClient } from './client.ts';
import './mantine.css';
import './tokens.css';
import './base.css';
import './mantine-refinements.css';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');

// the main process puts it there; style elements without it are refused by the policy
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

createRoot(root).render(<App client={createClient(window.keel)} nonce={nonce} />);
