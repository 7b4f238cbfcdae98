/**
 * Numbers as people read them: a grid of large figures with their names, bars beside their values, a bar of parts with its table.
 * A figure that is absent reads "Not measured yet". The values stand in the text: no bar says anything by itself.
 */
import { formatShare } from './figures';
import { WORDS } from './words';

export interface Figure {
  readonly label: string;
  readonly value: string | undefined;
  /** Shown where the pointer rests and read after the label. */
  readonly why?: string;
}

export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl class={`figures figures-${figures.length}`}>
      {figures.map(({ label, value, why }) => (
        <div key={label} class="figure" title={why}>
          <dt>
            {label}
            {why !== undefined && <span class="visually-hidden">: {why}</span>}
          </dt>
          <dd class={value === undefined ? 'absent' : ''}>{value ?? WORDS.notMeasured}</dd>
        </div>
      ))}
    </dl>
  );
}

export interface Bar {
  readonly label: string;
  /** 0..1 of the bar's length. */
  readonly share: number | undefined;
  readonly value: string | undefined;
  /** Which of the style sheet's colours, --part-1 … */
  readonly part?: number;
}

export function Bars({ bars }: { readonly bars: readonly Bar[] }) {
  return (
    <ul class="bars">
      {bars.map(({ label, share, value, part = 2 }) => (
        <li key={label}>
          <span class="bar-label">{label}</span>
          <span class={value === undefined ? 'bar-value absent' : 'bar-value'}>{value ?? WORDS.notMeasured}</span>
          <span class="bar-track" aria-hidden="true">
            {share !== undefined && <span class={`bar-fill part-${part}`} style={{ width: `${100 * Math.min(1, share)}%` }} />}
          </span>
        </li>
      ))}
    </ul>
  );
}

export interface Part {
  readonly label: string;
  readonly amount: number;
  readonly part: number;
}

interface PartsProps {
  readonly caption: string;
  readonly parts: readonly Part[];
  readonly format: (amount: number) => string;
}

/** A bar in parts; its legend is the table that says the same in numbers. */
export function Parts({ caption, parts, format }: PartsProps) {
  const total = parts.reduce((sum, { amount }) => sum + amount, 0);
  return (
    <div class="parts">
      <div class="parts-bar" aria-hidden="true">
        {parts.map(
          ({ label, amount, part }) =>
            amount > 0 && (
              <span key={label} class={`part-${part}`} style={{ flexGrow: String(amount / total) }} title={`${label}: ${format(amount)}`} />
            ),
        )}
      </div>
      <table class="parts-table">
        <caption class="visually-hidden">{caption}</caption>
        <thead class="visually-hidden">
          <tr>
            <th scope="col">{WORDS.part}</th>
            <th scope="col">{WORDS.amount}</th>
            <th scope="col">{WORDS.share}</th>
          </tr>
        </thead>
        <tbody>
          {parts.map(({ label, amount, part }) => (
            <tr key={label}>
              <th scope="row">
                <span class={`swatch part-${part}`} aria-hidden="true" />
                {label}
              </th>
              <td>{format(amount)}</td>
              <td class="parts-share">{total > 0 ? formatShare(amount / total) : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
