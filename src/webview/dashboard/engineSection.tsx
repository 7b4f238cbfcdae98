/**
 * The state of the engine, what to do when it failed, the model it runs, and how fast it is now.
 */
import type { DashboardEngine, DashboardModel, DashboardNow } from '../../protocol/dashboard';
import { ActionButton, Codicon, Section } from './controls';
import { Figures, type Figure } from './figureDisplay';
import { formatBytes, formatCount, formatLargeCount, formatMs, formatPerSecond, written } from './figures';
import { contextWords, ENGINE_WORDS, layersWords, restartsSentence, threadsWords, WORDS } from './words';

interface EngineSectionProps {
  readonly engine: DashboardEngine;
  readonly model: DashboardModel | undefined;
  readonly now: DashboardNow;
}

export function EngineSection({ engine, model, now }: EngineSectionProps) {
  return (
    <Section id="engine" title={WORDS.engine} summary={engine.kind === 'ready' ? model?.name : ENGINE_WORDS[engine.kind]}>
      <EngineState engine={engine} hasModel={model !== undefined} />
      {model !== undefined && <NowFigures now={now} />}
      {model !== undefined && <ModelFacts model={model} />}
    </Section>
  );
}

const STATE_ICONS: Readonly<Record<DashboardEngine['kind'], string>> = {
  starting: 'loading codicon-modifier-spin',
  ready: 'pass-filled',
  restarting: 'sync codicon-modifier-spin',
  stopped: 'circle-slash',
  failed: 'error',
};

function EngineState({ engine, hasModel }: { readonly engine: DashboardEngine; readonly hasModel: boolean }) {
  const { kind, error, restarts } = engine;
  const down = kind === 'failed' || kind === 'stopped';
  return (
    <div class={kind === 'failed' ? 'engine-state message-error' : 'engine-state'}>
      <p class="state-line" role="status">
        <Codicon name={STATE_ICONS[kind]} kind={kind} />
        <strong>{ENGINE_WORDS[kind]}</strong> {restarts > 0 && <span class="note-inline">{restartsSentence(restarts)}</span>}
      </p>
      {error !== undefined && kind !== 'ready' && <p class="state-error">{error.message}</p>}
      {!hasModel && kind === 'ready' && <p class="state-error">{WORDS.noModel}</p>}
      {(down || (!hasModel && kind === 'ready')) && (
        <div class="buttons">
          {down && <ActionButton action="restart">{kind === 'stopped' ? WORDS.start : WORDS.restart}</ActionButton>}
          <ActionButton action="chooseModel" secondary={down}>
            {WORDS.chooseModel}
          </ActionButton>
          <ActionButton action="showLog" secondary>
            {WORDS.showLog}
          </ActionButton>
        </div>
      )}
    </div>
  );
}

function NowFigures({ now }: { readonly now: DashboardNow }) {
  const figures: Figure[] = [
    { label: WORDS.tokensPerSecond, value: written(now.tokensPerSecond, formatPerSecond) },
    { label: WORDS.firstToken, value: written(now.firstTokenMs, formatMs) },
    { label: WORDS.resident, value: written(now.residentBytes, formatBytes), why: WORDS.residentWhy },
    { label: WORDS.kv, value: written(now.kvBytes, formatBytes) },
  ];
  // Without a GPU there is nothing to measure, so nothing is said to be missing.
  if (now.vramBytes !== undefined) figures.push({ label: WORDS.vram, value: formatBytes(now.vramBytes) });
  return <Figures figures={figures} />;
}

function ModelFacts({ model }: { readonly model: DashboardModel }) {
  const facts = [
    [WORDS.parameters, formatLargeCount(model.parameterCount)],
    [WORDS.fileSize, formatBytes(model.fileBytes)],
    [WORDS.computesOn, `${model.backend} · ${model.isa} · ${threadsWords(model.threads)}`],
    [WORDS.shape, layersWords(formatCount(model.layers), formatCount(model.neuronsPerLayer))],
    [WORDS.context, contextWords(formatCount(model.contextLength))],
  ] as const;
  return (
    <div class="model">
      <p class="model-name">
        <Codicon name="chip" /> {model.name}
      </p>
      <dl class="facts">
        {facts.map(([name, fact]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{fact}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
