/**
 * How long suggestions take: percentiles, the last ones in parts, and how much of the prompts the cache spared.
 */
import type { DashboardLatency } from '../../protocol/dashboard';
import { Group, Section } from './controls';
import { Figures, Parts } from './figureDisplay';
import { formatCount, formatMs, written } from './figures';
import { LATENCY_PARTS, RequestsChart, SpeedChart } from './latencyCharts';
import { overCompletions, WORDS } from './words';

export function LatencySection({ latency }: { readonly latency: DashboardLatency }) {
  const { samples, p50Ms, p95Ms, p99Ms, recent } = latency;
  const p50 = written(p50Ms, formatMs);
  return (
    <Section id="latency" title={WORDS.latency} summary={p50 && `p50 ${p50}`}>
      <Figures
        figures={[
          { label: 'p50', value: p50, why: WORDS.p50 },
          { label: 'p95', value: written(p95Ms, formatMs), why: WORDS.p95 },
          { label: 'p99', value: written(p99Ms, formatMs), why: WORDS.p99 },
        ]}
      />
      {samples > 0 && <p class="note">{overCompletions(samples)}</p>}
      {recent.length > 0 && (
        <>
          <RequestsChart recent={recent} />
          <Group title={WORDS.meanParts}>
            <Parts
              caption={WORDS.meanParts}
              format={formatMs}
              parts={LATENCY_PARTS.map(({ label, field, part }) => ({
                label,
                part,
                amount: recent.reduce((sum, bar) => sum + bar[field], 0) / recent.length,
              }))}
            />
          </Group>
          <SpeedChart recent={recent} />
        </>
      )}
      {latency.reusedTokens + latency.computedTokens > 0 && (
        <Group title={WORDS.promptTokens}>
          <Parts
            caption={WORDS.promptTokens}
            format={formatCount}
            parts={[
              { label: WORDS.reusedFromCache, amount: latency.reusedTokens, part: 2 },
              { label: WORDS.computedAnew, amount: latency.computedTokens, part: 1 },
            ]}
          />
        </Group>
      )}
    </Section>
  );
}
