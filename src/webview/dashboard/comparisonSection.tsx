/**
 * The same prompt dense and sparse, side by side: asking for it, its progress, its figures, and the two texts.
 */
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import type { ComparisonSide, DashboardComparison } from '../../protocol/dashboard';
import { DataTable, type TableTwin } from './chart';
import { ActionButton, Codicon, Section } from './controls';
import { formatBytes, formatCount, formatMs, formatPerSecond, formatRatio, written } from './figures';
import { decodeTokensPerSecond, speedupOf } from './savings';
import { textDifference } from './textDifference';
import { comparedFile, MODE_WORDS, progressSentence, WORDS } from './words';

interface ComparisonSectionProps {
  readonly comparison: DashboardComparison;
  readonly ready: boolean;
}

export function ComparisonSection({ comparison, ready }: ComparisonSectionProps) {
  const speedup = speedupOf(comparison);
  return (
    <Section id="comparison" title={WORDS.comparison} summary={speedup === undefined ? undefined : formatRatio(speedup)}>
      {comparison.kind === 'done' ? <Result result={comparison} /> : <p class="note">{WORDS.comparisonIntro}</p>}
      {comparison.kind === 'failed' && (
        <p class="message-error" role="alert">
          <Codicon name="error" kind="failed" /> {comparison.message}
        </p>
      )}
      {comparison.kind === 'running' ? (
        <Progress done={comparison.done} total={comparison.total} />
      ) : (
        <div class="buttons">
          <ActionButton action="compare" secondary={comparison.kind === 'done'} disabled={!ready}>
            {comparison.kind === 'done' ? WORDS.compareAgain : WORDS.compareNow}
          </ActionButton>
        </div>
      )}
    </Section>
  );
}

function Progress({ done, total }: { readonly done: number; readonly total: number }) {
  const sentence = progressSentence(done, total);
  return (
    <div class="progress">
      <p class="state-line" role="status">
        {sentence}
      </p>
      <vscode-progress-bar value={done} max={total} aria-label={sentence} />
      <div class="buttons">
        <ActionButton action="cancelCompare" secondary>
          {WORDS.cancel}
        </ActionButton>
      </div>
    </div>
  );
}

type Done = Extract<DashboardComparison, { kind: 'done' }>;

function Result({ result }: { readonly result: Done }) {
  const { dense, sparse, path, runs, sameText } = result;
  const speed = (side: ComparisonSide): string => written(decodeTokensPerSecond(side), formatPerSecond) ?? WORDS.notMeasured;
  const row = (label: string, value: (side: ComparisonSide) => string): readonly string[] => [label, value(dense), value(sparse)];
  const table: TableTwin = {
    columns: [WORDS.measure, WORDS.dense, WORDS.sparse],
    rows: [
      row(WORDS.mode, ({ mode }) => MODE_WORDS[mode]),
      row(WORDS.decodeSpeed, speed),
      row(WORDS.firstTokenTime, ({ firstTokenMs }) => formatMs(firstTokenMs)),
      row(WORDS.bytesRead, ({ bytesPerToken }) => formatBytes(bytesPerToken)),
      row(WORDS.tokens, ({ generatedTokens }) => formatCount(generatedTokens)),
    ],
  };
  return (
    <>
      <DataTable caption={WORDS.comparison} table={table} />
      <p class="note">{comparedFile(path, runs)}</p>
      {sameText ? (
        <>
          <p class="state-line">
            <Codicon name="pass-filled" kind="ready" /> {WORDS.sameText}
          </p>
          <Code label={WORDS.sameText} text={dense.text} />
        </>
      ) : (
        <DifferentTexts dense={dense.text} sparse={sparse.text} />
      )}
    </>
  );
}

function DifferentTexts({ dense, sparse }: { readonly dense: string; readonly sparse: string }) {
  const { before, first, second, after } = textDifference(dense, sparse);
  return (
    <>
      <p class="state-line">
        <Codicon name="diff" /> {WORDS.differentText}
      </p>
      <div class="sides">
        <div>
          <h3 class="group-title">{WORDS.dense}</h3>
          <Code label={WORDS.dense} before={before} text={first} after={after} changed="removed" />
        </div>
        <div>
          <h3 class="group-title">{WORDS.sparse}</h3>
          <Code label={WORDS.sparse} before={before} text={second} after={after} changed="inserted" />
        </div>
      </div>
    </>
  );
}

interface CodeProps {
  readonly label: string;
  readonly before?: string;
  readonly text: string;
  readonly after?: string;
  readonly changed?: 'removed' | 'inserted';
}

/** The keyboard can reach it: long texts scroll. */
function Code({ label, before = '', text, after = '', changed }: CodeProps) {
  if (before + text + after === '') return <p class="note">{WORDS.noText}</p>;
  return (
    <pre class="code" tabIndex={0} role="region" aria-label={label}>
      {before}
      {changed === undefined ? text : text !== '' && <mark class={changed}>{text}</mark>}
      {after}
    </pre>
  );
}
