/**
 * Whether suggestions helped: how many were shown (an estimate), taken, partly taken, and why there were none.
 */
import type { DashboardUsefulness } from '../../protocol/dashboard';
import { Group, Section } from './controls';
import { Bars, Figures } from './figureDisplay';
import { formatCount, formatShare } from './figures';
import { fromCache, WORDS } from './words';

export function UsefulnessSection({ usefulness }: { readonly usefulness: DashboardUsefulness }) {
  const { shown, shownFromCache, accepted, partlyAccepted, charactersSaved, silences } = usefulness;
  const rate = shown > 0 ? Math.min(1, accepted / shown) : undefined;
  const most = Math.max(...silences.map(({ count }) => count), 1);
  return (
    <Section id="usefulness" title={WORDS.usefulness} summary={shown > 0 ? `${formatCount(accepted)} ${WORDS.accepted}` : undefined}>
      <Figures
        figures={[
          { label: WORDS.shown, value: formatCount(shown), why: WORDS.shownWhy },
          { label: WORDS.accepted, value: formatCount(accepted) },
          { label: WORDS.partlyAccepted, value: formatCount(partlyAccepted) },
          { label: WORDS.charactersSaved, value: formatCount(charactersSaved) },
        ]}
      />
      <Bars bars={[{ label: WORDS.acceptedRate, share: rate, value: rate === undefined ? undefined : formatShare(rate), part: 2 }]} />
      {shownFromCache > 0 && <p class="note">{fromCache(shownFromCache)}</p>}
      {silences.length > 0 && (
        <Group title={WORDS.silences}>
          <Bars
            bars={silences.map(({ sentence, count }) => ({ label: sentence, share: count / most, value: formatCount(count), part: 0 }))}
          />
        </Group>
      )}
    </Section>
  );
}
