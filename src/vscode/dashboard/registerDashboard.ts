/**
 * Joins the sparsity view, the switch, the comparison and their commands to the engine, the metrics and the settings.
 */
import * as vscode from 'vscode';
import type { Generate } from '../../completion/completeOnce';
import { SILENCE_SENTENCES } from '../../completion/silenceReason';
import type { EngineState } from '../../engine/engineClient';
import type { Timers } from '../../engine/timers';
import { dashboardState } from '../../metrics/dashboardState';
import type { MetricsStore } from '../../metrics/metricsStore';
import type { DashboardAction, DashboardMode, DashboardState } from '../../protocol/dashboard';
import type { PromptForm } from '../../protocol/engineProtocol';
import type { NeuronActivity } from '../../protocol/metrics';
import { COMMANDS } from '../commands';
import { isWrittenByUser, LastEditor, type EditorPlace } from '../lastEditor';
import { servedMode, sparseMode } from '../servedMode';
import { MODE_SETTINGS, SECTION, strategySetting, switchSetting } from '../settings';
import { SwitchControl, TOGGLE_MODE_COMMAND } from '../sparsitySwitch';
import { comparedPlace } from './comparedPlace';
import { Comparison } from './comparison';
import { DASHBOARD_VIEW, DashboardView } from './dashboardView';
import { HotNeurons } from './hotNeurons';
import { exportMetrics } from './metricsFile';

export const DASHBOARD_COMMANDS = {
  show: 'bamboo.showDashboard',
  compare: 'bamboo.compareModes',
  reset: 'bamboo.resetMetrics',
  export: 'bamboo.exportMetrics',
} as const;

/** As much of the engine as the view shows and asks. */
export interface DashboardEngineSource {
  readonly state: EngineState;
  readonly contextLength: number;
  readonly promptForm: PromptForm;
  readonly silence: 'engine-starting' | 'engine-stopped' | undefined;
  onDidChangeState(listener: () => void): void;
  /** Of the worker, as it said last; undefined before that. */
  readonly residentBytes: number | undefined;
  readonly neuronActivity: () => Promise<NeuronActivity>;
}

export interface DashboardParts {
  readonly extensionUri: vscode.Uri;
  readonly engine: DashboardEngineSource;
  /** Keeps the mode that a request names; nothing else computes meanwhile. */
  readonly generate: Generate;
  /** Whether ignore files or the setting keep a document out; at once when it was asked about before. */
  readonly isExcluded: (document: vscode.TextDocument) => boolean | Promise<boolean>;
  readonly metrics: MetricsStore;
  readonly timers: Timers;
  readonly log: Pick<vscode.LogOutputChannel, 'debug' | 'warn' | 'error'>;
}

export interface Dashboard {
  readonly subscriptions: readonly { dispose(): unknown }[];
  /** What the view would be sent now. */
  state(): DashboardState;
}

export function registerDashboard(parts: DashboardParts): Dashboard {
  const sidebar = new SidebarDashboard(parts);
  const { commands, window, workspace } = vscode;
  const subscriptions = [
    sidebar,
    window.registerWebviewViewProvider(DASHBOARD_VIEW, sidebar.view),
    commands.registerCommand(TOGGLE_MODE_COMMAND, () => sidebar.control.toggle()),
    commands.registerCommand(DASHBOARD_COMMANDS.show, () => commands.executeCommand(`${DASHBOARD_VIEW}.focus`)),
    commands.registerCommand(DASHBOARD_COMMANDS.compare, async () => {
      await commands.executeCommand(`${DASHBOARD_VIEW}.focus`);
      sidebar.compare();
    }),
    commands.registerCommand(DASHBOARD_COMMANDS.reset, () => sidebar.reset()),
    commands.registerCommand(DASHBOARD_COMMANDS.export, () => exportMetrics(sidebar.state(), new Date())),
    workspace.onDidChangeConfiguration((change) => {
      if (MODE_SETTINGS.some((setting) => change.affectsConfiguration(setting))) sidebar.modeChanged();
    }),
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0 && isWrittenByUser(document)) sidebar.userTyped();
    }),
  ];
  return { subscriptions, state: () => sidebar.state() };
}

class SidebarDashboard implements vscode.Disposable {
  readonly view: DashboardView;
  readonly control: SwitchControl;
  private readonly comparison: Comparison;
  private readonly hotNeurons: HotNeurons;
  private readonly editors = new LastEditor();
  private readonly endMetrics: () => void;
  private modelPath: string | undefined;

  constructor(private readonly parts: DashboardParts) {
    const { engine, generate, metrics, timers, log, extensionUri } = parts;
    this.control = new SwitchControl(() => this.mode(), log);
    this.view = new DashboardView({
      extensionUri,
      timers,
      log,
      state: () => this.state(),
      setMode: (mode) => void this.control.set(mode).then(() => this.view.renew()),
      act: (action) => this.act(action),
      onVisibility: (visible) => (visible ? this.hotNeurons.refresh() : this.hotNeurons.pause()),
    });
    this.hotNeurons = new HotNeurons({
      ask: () => (engine.state.kind === 'ready' ? engine.neuronActivity() : undefined),
      timers,
      onChange: this.view.changed,
      log: (message) => log.debug(message),
    });
    this.comparison = new Comparison({
      generate,
      model: () => ({ contextLength: engine.contextLength, promptForm: engine.promptForm }),
      sparse: () => sparseMode(strategySetting(), engine.state.model),
      now: () => timers.nowMs(),
      onChange: this.view.changed,
      log: (message) => log.warn(message),
    });
    engine.onDidChangeState(() => this.engineChanged());
    this.endMetrics = metrics.onDidChange(() => {
      this.hotNeurons.invalidate();
      if (this.view.isVisible) this.hotNeurons.refresh();
      this.view.changed();
    });
  }

  state(): DashboardState {
    const { engine, metrics } = this.parts;
    const { kind, error, restarts, model } = engine.state;
    return dashboardState({
      engine: { kind, ...(error !== undefined && { error }), restarts },
      model,
      mode: this.mode(),
      metrics,
      residentBytes: engine.residentBytes,
      activity: this.hotNeurons.activity,
      comparison: this.comparison.state,
      silenceSentence: (reason) => (isSilenceReason(reason) ? SILENCE_SENTENCES[reason] : reason),
      placement: vscode.l10n.t('All neurons on the CPU'),
      backend: vscode.l10n.t('CPU'),
    });
  }

  compare(): void {
    const { editor } = this.editors;
    const ignored = editor !== undefined && this.parts.isExcluded(editor.document);
    if (ignored instanceof Promise) void ignored.then((isIgnored) => this.compareAt(editor, isIgnored));
    else this.compareAt(editor, ignored);
  }

  private compareAt(editor: EditorPlace | undefined, isIgnored: boolean): void {
    const { silence } = this.parts.engine;
    const place = silence === undefined ? comparedPlace(editor, isIgnored) : SILENCE_SENTENCES[silence];
    if (typeof place === 'string') this.comparison.refuse(place);
    else void this.comparison.run(place);
  }

  reset(): void {
    this.comparison.clear();
    this.parts.metrics.reset();
    vscode.window.setStatusBarMessage(vscode.l10n.t('Bamboo: the figures begin anew'), 4000);
  }

  /** The running request goes on in the new mode, so it measures neither. */
  modeChanged(): void {
    this.comparison.stop(vscode.l10n.t('The comparison stopped because the mode was switched. Compare again.'));
    this.control.refresh();
    this.view.changed();
  }

  userTyped(): void {
    this.comparison.stop(
      vscode.l10n.t('The comparison stopped because you went on typing: completions go first. Compare again when you pause.'),
    );
  }

  dispose(): void {
    this.endMetrics();
    for (const part of [this.view, this.control, this.editors]) part.dispose();
    this.comparison.clear();
  }

  private mode(): DashboardMode {
    return servedMode(switchSetting(), strategySetting(), this.parts.engine.state.model);
  }

  private engineChanged(): void {
    const { kind, model } = this.parts.engine.state;
    if (kind !== 'ready') {
      this.comparison.stop(vscode.l10n.t('The comparison stopped because the engine stopped. Compare again when it is ready.'));
      this.hotNeurons.forget();
    }
    if (model !== undefined && model.modelPath !== this.modelPath) {
      if (this.modelPath !== undefined) {
        this.comparison.clear();
        this.parts.metrics.modelChanged();
      }
      this.modelPath = model.modelPath;
    }
    this.control.refresh();
    if (this.view.isVisible) this.hotNeurons.refresh();
    this.view.changed();
  }

  private act(action: DashboardAction): void {
    if (action === 'compare') this.compare();
    else if (action === 'cancelCompare') this.comparison.cancel();
    else if (action === 'reset') this.reset();
    else void this.run(...COMMAND_OF[action]);
  }

  private async run(command: string, ...args: readonly string[]): Promise<void> {
    try {
      await vscode.commands.executeCommand(command, ...args);
    } catch (thrown) {
      this.parts.log.warn(`The command ${command} failed: ${String(thrown)}`);
    }
  }
}

type CommandAction = Exclude<DashboardAction, 'compare' | 'cancelCompare' | 'reset'>;

const COMMAND_OF: Readonly<Record<CommandAction, readonly [string, ...string[]]>> = {
  export: [DASHBOARD_COMMANDS.export],
  showLog: [COMMANDS.showLog],
  restart: [COMMANDS.restartWorker],
  settings: ['workbench.action.openSettings', `${SECTION}.`],
  chooseModel: ['bamboo.models.choose', 'completion'],
};

function isSilenceReason(reason: string): reason is keyof typeof SILENCE_SENTENCES {
  return Object.hasOwn(SILENCE_SENTENCES, reason);
}
