/**
 * What every component of the view may use without being handed it: sending to the host, and what the view remembers.
 */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { DashboardToHost } from '../../protocol/dashboard';
import type { ViewMemory } from './viewMemory';

export interface Dashboard {
  readonly send: (message: DashboardToHost) => void;
  readonly memory: ViewMemory;
  readonly remember: (change: Partial<ViewMemory>) => void;
}

const Context = createContext<Dashboard | undefined>(undefined);

export const DashboardProvider = Context.Provider;

export function useDashboard(): Dashboard {
  const dashboard = useContext(Context);
  if (dashboard === undefined) throw new Error('The component stands outside of the dashboard.');
  return dashboard;
}
