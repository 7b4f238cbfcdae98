/**
 * The one sentence that the view is for: what sparsity saves, in bytes as measured while typing and in time as compared by the user.
 * Never shows a speed that no comparison measured.
 */
import type { DashboardComparison, DashboardSparsity } from '../../protocol/dashboard';
import { ActionButton, Codicon } from './controls';
import { Bars } from './figureDisplay';
import { formatBytes, formatRatio } from './figures';
import { compared, savingsOf, speedupOf, type Savings } from './savings';
import { BYTES_SENTENCES, overTokens, progressSentence, SPEED_SENTENCES, WORDS } from './words';

interface HeadlineProps {
  readonly sparsity: DashboardSparsity;
  readonly comparison: DashboardComparison;
  readonly ready: boolean;
}

export function SavingsHeadline({ sparsity, comparison, ready }: HeadlineProps) {
  const savings = savingsOf(sparsity);
  if (savings === undefined) return null;
  return (
    <section class="headline" aria-label={WORDS.savings}>
      {savings.steps.exact + savings.steps.predicted === 0 ? <p>{WORDS.allDense}</p> : <Saved savings={savings} />}
      <Speed comparison={comparison} ready={ready} />
    </section>
  );
}

/** A ratio below 1 reads the other way round: "1.1× more". */
function turned(ratio: number): string {
  return formatRatio(ratio < 1 ? 1 / ratio : ratio);
}

function Saved({ savings }: { readonly savings: Savings }) {
  const { ratio, bytesPerToken, denseBytesPerToken, steps } = savings;
  const { figure, text } = BYTES_SENTENCES[compared(ratio)](turned(ratio));
  const longest = Math.max(bytesPerToken, denseBytesPerToken);
  return (
    <>
      <p class="headline-sentence">
        <span class="headline-figure">{figure}</span> <span>{text}</span>
      </p>
      <Bars
        bars={[
          { label: WORDS.readBytes, share: bytesPerToken / longest, value: formatBytes(bytesPerToken), part: 2 },
          { label: WORDS.denseBytes, share: denseBytesPerToken / longest, value: formatBytes(denseBytesPerToken), part: 0 },
        ]}
      />
      <p class="note">{overTokens(steps)}</p>
    </>
  );
}

function Speed({ comparison, ready }: { readonly comparison: DashboardComparison; readonly ready: boolean }) {
  const speedup = speedupOf(comparison);
  if (speedup !== undefined) {
    return (
      <p class="headline-speed">
        <Codicon name="dashboard" /> {SPEED_SENTENCES[compared(speedup)](turned(speedup))}
      </p>
    );
  }
  if (comparison.kind === 'running') {
    return (
      <p class="headline-speed">
        <Codicon name="loading codicon-modifier-spin" /> {progressSentence(comparison.done, comparison.total)}
      </p>
    );
  }
  return (
    <div class="headline-ask">
      <span>{WORDS.comparePrompt}</span>
      <ActionButton action="compare" disabled={!ready}>
        {WORDS.compareNow}
      </ActionButton>
    </div>
  );
}
