/**
 * The one sentence that the view is for: what sparsity saves, in bytes as measured while typing and in time as compared by the user.
 * Never shows a speed that no comparison measured.
 */
import type { DashboardComparison, DashboardSparsity } from '../../protocol/dashboard';
import { ActionButton, Codicon } from './controls';
import { Bars } from './figureDisplay';
import { formatBytes, formatRatio } from './figures';
import { compared, savingsOf, speedupOf } from './savings';
import { BYTES_SENTENCES, overPasses, progressSentence, SPEED_SENTENCES, WORDS } from './words';

interface HeadlineProps {
  readonly sparsity: DashboardSparsity;
  readonly comparison: DashboardComparison;
  readonly ready: boolean;
}

export function SavingsHeadline({ sparsity, comparison, ready }: HeadlineProps) {
  const savings = savingsOf(sparsity);
  if (savings === undefined) return null;
  const { ratio, bytesPerToken, denseBytesPerToken, steps } = savings;
  const skipped = steps.exact + steps.predicted > 0;
  const longest = Math.max(bytesPerToken, denseBytesPerToken);
  return (
    <section class="headline" aria-label={WORDS.savings}>
      <div class="claims">
        {skipped ? <Claim {...BYTES_SENTENCES[compared(ratio)](turned(ratio))} /> : <p class="claim">{WORDS.ranDense}</p>}
        <Speed comparison={comparison} ready={ready} />
      </div>
      {skipped && (
        <>
          <Bars
            bars={[
              { label: WORDS.readBytes, share: bytesPerToken / longest, value: formatBytes(bytesPerToken), part: 2 },
              { label: WORDS.denseBytes, share: denseBytesPerToken / longest, value: formatBytes(denseBytesPerToken), part: 0 },
            ]}
          />
          <p class="note">{overPasses(sparsity.tokens, sparsity.passes)}</p>
        </>
      )}
    </section>
  );
}

/** A ratio below 1 reads the other way round: "1.1× more". */
function turned(ratio: number): string {
  return formatRatio(ratio < 1 ? 1 / ratio : ratio);
}

function Claim({ figure, text }: { readonly figure: string; readonly text: string }) {
  return (
    <p class="claim">
      <span class="claim-figure">{figure}</span> <span>{text}</span>
    </p>
  );
}

function Speed({ comparison, ready }: { readonly comparison: DashboardComparison; readonly ready: boolean }) {
  const speedup = speedupOf(comparison);
  if (speedup !== undefined) return <Claim {...SPEED_SENTENCES[compared(speedup)](turned(speedup))} />;
  if (comparison.kind === 'running') {
    return (
      <p class="claim">
        <span>
          <Codicon name="loading codicon-modifier-spin" /> {progressSentence(comparison.done, comparison.total)}
        </span>
      </p>
    );
  }
  return (
    <div class="claim">
      <span>{WORDS.comparePrompt}</span>
      <ActionButton action="compare" disabled={!ready}>
        {WORDS.compareNow}
      </ActionButton>
    </div>
  );
}
