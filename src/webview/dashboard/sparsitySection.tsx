/**
 * How many neurons a token takes, layer by layer and token by token, what was left out wrongly, and where bytes and time of a token go.
 */
import type { DashboardSparsity } from '../../protocol/dashboard';
import type { PhaseBytes, PhaseTimes } from '../../protocol/metrics';
import { Group, Section } from './controls';
import { Bars, Parts } from './figureDisplay';
import { formatBytes, formatMs, formatShare, written } from './figures';
import { HeatStrip } from './heatStrip';
import { totalSteps } from './savings';
import { overTokens, recallPositions, weakestLayer, WORDS } from './words';

export function SparsitySection({ sparsity }: { readonly sparsity: DashboardSparsity }) {
  const { computedShare, predictedShare, activeShare, steps, strip, recall, bytesPerToken, phasesPerToken } = sparsity;
  const computed = written(computedShare, formatShare);
  const active = written(activeShare, formatShare);
  // The other modes read every gate: what differs there is which neurons fire.
  const choosing = steps.predicted > 0;
  const told = choosing
    ? computed && `${computed} ${WORDS.computedShare.toLowerCase()}`
    : active && `${active} ${WORDS.stripActive.toLowerCase()}`;
  return (
    <Section id="sparsity" title={WORDS.sparsity} summary={told}>
      <Group title={WORDS.neurons} note={totalSteps(steps) > 0 ? overTokens(steps, totalSteps(steps) - sparsity.tokens) : undefined}>
        <Bars
          bars={[
            { label: WORDS.computedShare, share: computedShare, value: computed, part: 1 },
            // Only predicted mode asks a predictor.
            ...(choosing || predictedShare !== undefined
              ? [{ label: WORDS.predictedShare, share: predictedShare, value: written(predictedShare, formatShare), part: 3 }]
              : []),
            { label: WORDS.activeShare, share: activeShare, value: active, part: 2 },
          ]}
        />
        {steps.exact > 0 && <p class="note">{WORDS.exactNote}</p>}
      </Group>
      {strip.steps > 0 && strip.layers > 0 && (
        <HeatStrip strip={strip} firstPart={choosing ? 'computed' : 'active'} massRecall={recall?.massRecall} />
      )}
      {bytesPerToken !== undefined && <TokenBytes bytes={bytesPerToken} />}
      {phasesPerToken !== undefined && <TokenTimes phases={phasesPerToken} />}
      <Recall recall={recall} />
    </Section>
  );
}

function TokenBytes({ bytes }: { readonly bytes: PhaseBytes }) {
  return (
    <Group title={WORDS.bytesPerToken}>
      <Parts
        caption={WORDS.bytesPerToken}
        format={formatBytes}
        parts={[
          { label: WORDS.attention, amount: bytes.attentionBytes, part: 1 },
          { label: WORDS.predictor, amount: bytes.predictorBytes, part: 3 },
          { label: WORDS.feedForward, amount: bytes.feedForwardBytes, part: 2 },
          { label: WORDS.head, amount: bytes.headBytes, part: 4 },
        ]}
      />
    </Group>
  );
}

function TokenTimes({ phases }: { readonly phases: PhaseTimes }) {
  return (
    <Group title={WORDS.timePerToken}>
      <Parts
        caption={WORDS.timePerToken}
        format={formatMs}
        parts={[
          { label: WORDS.attention, amount: phases.attentionMs, part: 1 },
          { label: WORDS.predictor, amount: phases.predictorMs, part: 3 },
          { label: WORDS.feedForward, amount: phases.feedForwardMs, part: 2 },
          { label: WORDS.head, amount: phases.headMs, part: 4 },
          { label: WORDS.sampling, amount: phases.samplingMs, part: 5 },
        ]}
      />
    </Group>
  );
}

function Recall({ recall }: { readonly recall: DashboardSparsity['recall'] }) {
  if (recall === undefined || recall.positions === 0 || recall.neuronRecall.length === 0) {
    return (
      <Group title={WORDS.recall}>
        <p class="note">{WORDS.recallMissing}</p>
      </Group>
    );
  }
  const { neuronRecall, massRecall, positions } = recall;
  const least = Math.min(...massRecall);
  const weakest = massRecall.length > 0 ? `, ${weakestLayer(massRecall.indexOf(least) + 1, formatShare(least))}` : '';
  return (
    <Group title={WORDS.recall} note={`${recallPositions(positions)}${weakest}`}>
      <Bars
        bars={[
          { label: WORDS.neuronRecall, share: mean(neuronRecall), value: written(mean(neuronRecall), formatShare), part: 3 },
          { label: WORDS.massRecall, share: mean(massRecall), value: written(mean(massRecall), formatShare), part: 3 },
        ]}
      />
    </Group>
  );
}

function mean(shares: readonly number[]): number | undefined {
  return shares.length === 0 ? undefined : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
