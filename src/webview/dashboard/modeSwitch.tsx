/**
 * Sparse or dense: what is asked for shows at once, what the next token really runs in stands below with the reason.
 */
import { useEffect, useState } from 'preact/hooks';
import { SPARSITY_SWITCHES, type DashboardMode, type SparsitySwitch } from '../../protocol/dashboard';
import { Codicon } from './controls';
import { useDashboard } from './dashboardContext';
import { MODE_MEANINGS, MODE_WORDS, SWITCH_WORDS, WORDS } from './words';

/** After this long without an answer the switch shows again what the host says. */
const ANSWER_MS = 3000;

interface ModeSwitchProps {
  readonly mode: DashboardMode;
  /** Whether there is a model that runs in that mode. */
  readonly running: boolean;
}

export function ModeSwitch({ mode, running }: ModeSwitchProps) {
  const { send } = useDashboard();
  const [asked, setAsked] = useState<SparsitySwitch>();
  const pending = asked !== undefined && asked !== mode.chosen;
  useEffect(() => {
    if (!pending) return undefined;
    const timer = setTimeout(() => setAsked(undefined), ANSWER_MS);
    return () => clearTimeout(timer);
  }, [pending, asked]);
  const shown = pending ? asked : mode.chosen;
  const choose = (choice: SparsitySwitch): void => {
    setAsked(choice);
    send({ type: 'setMode', mode: choice });
  };
  return (
    <div class="mode">
      <fieldset class="switch">
        <legend class="visually-hidden">{WORDS.switchLegend}</legend>
        {SPARSITY_SWITCHES.map((choice) => (
          <label key={choice}>
            <input
              type="radio"
              name="sparsity"
              class="visually-hidden"
              value={choice}
              checked={shown === choice}
              onChange={() => choose(choice)}
            />
            <span class="switch-choice">
              {shown === choice && <Codicon name="check" />}
              {SWITCH_WORDS[choice]}
            </span>
          </label>
        ))}
      </fieldset>
      <p class="mode-reason" role="status">
        {pending ? (
          <>
            <Codicon name="sync" /> {SWITCH_WORDS[shown]}. {WORDS.pending}
          </>
        ) : running ? (
          <EffectiveMode mode={mode} />
        ) : (
          WORDS.notRunning
        )}
      </p>
    </div>
  );
}

/** Asked for sparse and running dense is worth a sign: the model cannot skip anything. */
function EffectiveMode({ mode }: { readonly mode: DashboardMode }) {
  const unmet = mode.chosen === 'sparse' && mode.effective === 'dense';
  return (
    <>
      {unmet && <Codicon name="warning" kind="warning" />} <span class="visually-hidden">{WORDS.reasonLabel} </span>
      <strong>{MODE_WORDS[mode.effective]}</strong>: {MODE_MEANINGS[mode.effective]}. <span class="note-inline">{mode.reason}</span>
    </>
  );
}
