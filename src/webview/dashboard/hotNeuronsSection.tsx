/**
 * How few neurons do most of the work, layer by layer, and where neurons are placed.
 */
import type { DashboardHotNeurons } from '../../protocol/dashboard';
import { Chart } from './chart';
import { Codicon, Section } from './controls';
import { formatCount, formatShare } from './figures';
import { hotSentence, hotTokens, upTo, WORDS } from './words';

export function HotNeuronsSection({ hotNeurons }: { readonly hotNeurons: DashboardHotNeurons | undefined }) {
  const measured = hotNeurons !== undefined && hotNeurons.tokens > 0 ? hotNeurons : undefined;
  return (
    <Section id="hotNeurons" title={WORDS.hotNeurons} summary={measured && formatShare(measured.overallShare)}>
      {measured === undefined ? (
        <p class="note">{WORDS.notMeasured}</p>
      ) : (
        <>
          <p class="statement">{hotSentence(formatShare(measured.overallShare))}</p>
          <p class="note">{hotTokens(measured.tokens)}</p>
          {measured.layerShares.length > 0 && <LayerColumns shares={measured.layerShares} />}
        </>
      )}
      {hotNeurons !== undefined && (
        <p class="state-line">
          <Codicon name="chip" /> {hotNeurons.placement}
        </p>
      )}
    </Section>
  );
}

function LayerColumns({ shares }: { readonly shares: readonly number[] }) {
  const most = Math.max(...shares, 1e-9);
  const table = {
    columns: [WORDS.layer, WORDS.share],
    rows: shares.map((share, layer) => [formatCount(layer + 1), formatShare(share)]),
  };
  return (
    <Chart id="hotLayers" title={WORDS.hotLayers} table={table}>
      <div class="columns" role="img" aria-label={`${WORDS.hotLayers}: ${formatShare(Math.min(...shares))} – ${formatShare(most)}`}>
        {shares.map((share, layer) => (
          <span key={layer} title={`${WORDS.layer} ${formatCount(layer + 1)}: ${formatShare(share)}`}>
            <span style={{ height: `${(100 * share) / most}%` }} />
          </span>
        ))}
      </div>
      <p class="strip-side">
        <span>{WORDS.firstLayer}</span>
        <span>{upTo(formatShare(most))}</span>
        <span>{WORDS.lastLayer}</span>
      </p>
    </Chart>
  );
}
