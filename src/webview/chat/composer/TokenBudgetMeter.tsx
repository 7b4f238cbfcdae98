/**
 * What the next question would cost in tokens: a bar with numbers, and its parts on hover or focus.
 */
import type { JSX } from 'preact';
import type { TokenBudget } from '../../../protocol/chat';
import { visibleText } from '../markdown/visibleText';
import { WORDS } from '../words';

export function TokenBudgetMeter({ budget }: { readonly budget: TokenBudget }): JSX.Element | null {
  // Nothing to measure against until a model has said how much it takes.
  if (budget.available === 0) return null;
  const used = budget.parts.reduce((sum, part) => sum + part.tokens, 0);
  const isOver = used > budget.available;
  return (
    <div class="budget">
      <button type="button" class={`budget-button${isOver ? ' over' : ''}`} aria-describedby="budget-parts">
        <span class="budget-bar" aria-hidden="true">
          <span class="budget-used" style={{ width: `${Math.min(100, (100 * used) / budget.available)}%` }} />
        </span>
        <span class="visually-hidden">{WORDS.budget}: </span>
        <span class="budget-numbers">{WORDS.budgetOf(used, budget.available, budget.estimated === true)}</span>
      </button>
      <BudgetParts budget={budget} used={used} />
    </div>
  );
}

function BudgetParts({ budget, used }: { readonly budget: TokenBudget; readonly used: number }): JSX.Element {
  const left = budget.available - used;
  return (
    <div id="budget-parts" class="budget-parts" role="tooltip">
      <p>{WORDS.budget}</p>
      <dl>
        {budget.parts.map((part, index) => (
          <div key={index}>
            <dt>{visibleText(part.label)}</dt>
            <dd>{WORDS.tokenCount(part.tokens)}</dd>
          </div>
        ))}
        <div class="budget-rest">
          <dt>{left < 0 ? WORDS.budgetOver : WORDS.budgetFree}</dt>
          <dd>{WORDS.tokenCount(Math.abs(left))}</dd>
        </div>
      </dl>
      {budget.estimated === true && <p>{WORDS.budgetEstimated}</p>}
    </div>
  );
}
