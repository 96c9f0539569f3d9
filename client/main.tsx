import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import 'virtual:mantine-styles.js';
import './app/app.css';
import { App } from './app/App.tsx';
import { openSignInLink } from './api/signInLink.ts';

// Before the router reads the address: the code must not stay in it.
openSignInLink();
// Pasted where the page is open already, a link changes only the fragment: nothing is loaded anew.
window.addEventListener('hashchange', openSignInLink);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
