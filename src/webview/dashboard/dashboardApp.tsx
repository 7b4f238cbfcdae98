/**
 * The whole view, top to bottom: the switch, what sparsity saves, and the sections with the figures behind it.
 * Draws the newest state and nothing else; before the first suggestion it says what to do instead of showing empty charts.
 */
import type { ReadonlySignal } from '@preact/signals';
import { useMemo, useState } from 'preact/hooks';
import type { DashboardState, DashboardToHost } from '../../protocol/dashboard';
import { ComparisonSection } from './comparisonSection';
import { ActionButton, Codicon } from './controls';
import { DashboardProvider, type Dashboard } from './dashboardContext';
import { EngineSection } from './engineSection';
import { HotNeuronsSection } from './hotNeuronsSection';
import { LatencySection } from './latencySection';
import { ModeSwitch } from './modeSwitch';
import { totalSteps } from './savings';
import { SavingsHeadline } from './savingsHeadline';
import { SparsitySection } from './sparsitySection';
import { UsefulnessSection } from './usefulnessSection';
import type { ViewMemory } from './viewMemory';
import { WORDS } from './words';

interface DashboardAppProps {
  /** Undefined until the host has sent the first. */
  readonly state: ReadonlySignal<DashboardState | undefined>;
  readonly firstMemory: ViewMemory;
  readonly send: (message: DashboardToHost) => void;
  readonly save: (memory: ViewMemory) => void;
}

export function DashboardApp({ state, firstMemory, send, save }: DashboardAppProps) {
  const [memory, setMemory] = useState(firstMemory);
  const dashboard = useMemo<Dashboard>(() => {
    const remember = (change: Partial<ViewMemory>): void => {
      const changed = { ...memory, ...change };
      setMemory(changed);
      save(changed);
    };
    return { send, memory, remember };
  }, [send, save, memory]);
  return (
    <DashboardProvider value={dashboard}>
      <main>
        <h1 class="visually-hidden">{WORDS.title}</h1>
        {state.value === undefined ? (
          <p class="state-line loading" role="status">
            <Codicon name="loading codicon-modifier-spin" /> {WORDS.loading}
          </p>
        ) : (
          <Sections state={state.value} />
        )}
      </main>
    </DashboardProvider>
  );
}

function Sections({ state }: { readonly state: DashboardState }) {
  const { engine, model, mode, now, latency, sparsity, hotNeurons, usefulness, comparison } = state;
  const ready = engine.kind === 'ready' && model !== undefined;
  const measured = latency.samples > 0 || totalSteps(sparsity.steps) > 0;
  const used = usefulness.shown > 0 || usefulness.silences.length > 0;
  return (
    <>
      <ModeSwitch mode={mode} running={ready} />
      <SavingsHeadline sparsity={sparsity} comparison={comparison} ready={ready} />
      {ready && !measured && <EmptyState />}
      <EngineSection engine={engine} model={model} now={now} />
      {measured && (
        <>
          <LatencySection latency={latency} />
          <SparsitySection sparsity={sparsity} />
          <HotNeuronsSection hotNeurons={hotNeurons} />
        </>
      )}
      {(measured || used) && <UsefulnessSection usefulness={usefulness} />}
      <ComparisonSection comparison={comparison} ready={ready} />
      <Footer />
    </>
  );
}

function EmptyState() {
  return (
    <div class="empty">
      <Codicon name="sparkle" />
      <p>
        <strong>{WORDS.emptyTitle}</strong>
        <br />
        {WORDS.emptyText}
      </p>
    </div>
  );
}

function Footer() {
  return (
    <footer>
      <div class="buttons">
        <ActionButton action="export" icon="export" secondary>
          {WORDS.exportJson}
        </ActionButton>
        <ActionButton action="reset" icon="clear-all" secondary>
          {WORDS.reset}
        </ActionButton>
        <ActionButton action="settings" icon="gear" secondary>
          {WORDS.settings}
        </ActionButton>
      </div>
      <p class="note">
        <Codicon name="lock" /> {WORDS.privacy}
      </p>
    </footer>
  );
}
