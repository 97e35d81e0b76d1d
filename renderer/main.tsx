/** Mounts the window. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { start } from './album.ts';
import * as bench from './bench.ts';
import { App } from './components/app.tsx';
import { watchAppearance } from './appearance.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/grid.css';
import './styles/photo.css';
import './styles/panel.css';
import './styles/dialog.css';

watchAppearance();
start();
bench.start();
const root = document.getElementById('root');
if (!root) throw new Error('no #root in the page');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
