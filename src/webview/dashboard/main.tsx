/**
 * Starts the sparsity view: connects it to the extension host and draws what comes.
 */
import { signal } from '@preact/signals';
import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import type { DashboardState, DashboardToHost, DashboardToView } from '../../protocol/dashboard';
import { connectToHost } from '../hostConnection';
import './dashboard.css';
import './figures.css';
import './charts.css';
import { DashboardApp } from './dashboardApp';
import { isDashboardToView } from './dashboardGuard';
import { toViewMemory } from './viewMemory';

const host = connectToHost<DashboardToHost, DashboardToView>(isDashboardToView);
const state = signal<DashboardState | undefined>(undefined);

host.onMessage((message) => {
  state.value = message.state;
});
render(
  <DashboardApp
    state={state}
    firstMemory={toViewMemory(host.savedState)}
    send={(message) => host.send(message)}
    save={(memory) => host.saveState(memory)}
  />,
  document.body,
);
host.send({ type: 'ready' });
