/**
 * The figures of the sparsity view as a document to keep or to send: numbers and names, no code, no paths, no messages of errors.
 * Pure; its readers go by `format` and `version`.
 */
import type { ComparisonSide, DashboardComparison, DashboardState } from '../protocol/dashboard';

export const METRICS_FORMAT = 'bamboo-metrics';
export const METRICS_VERSION = 1;

type ExportedComparison =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'done';
      readonly runs: number;
      readonly dense: Omit<ComparisonSide, 'text'>;
      readonly sparse: Omit<ComparisonSide, 'text'>;
      readonly sameText: boolean;
    };

export interface MetricsExport extends Omit<DashboardState, 'engine' | 'comparison'> {
  readonly format: typeof METRICS_FORMAT;
  readonly version: typeof METRICS_VERSION;
  /** ISO 8601. */
  readonly exportedAt: string;
  readonly engine: { readonly kind: DashboardState['engine']['kind']; readonly errorCode?: string; readonly restarts: number };
  readonly comparison: ExportedComparison;
}

export function metricsExport(state: DashboardState, exportedAt: string): MetricsExport {
  const { engine, comparison, model, ...figures } = state;
  return {
    format: METRICS_FORMAT,
    version: METRICS_VERSION,
    exportedAt,
    engine: { kind: engine.kind, ...(engine.error !== undefined && { errorCode: engine.error.code }), restarts: engine.restarts },
    // The name is free text of the model file, and some of those hold a path.
    ...(model !== undefined && { model: { ...model, name: lastPart(model.name) } }),
    ...figures,
    comparison: comparisonOf(comparison),
  };
}

function comparisonOf(comparison: DashboardComparison): ExportedComparison {
  if (comparison.kind !== 'done') return { kind: 'none' };
  const { runs, dense, sparse, sameText } = comparison;
  return { kind: 'done', runs, dense: withoutText(dense), sparse: withoutText(sparse), sameText };
}

function withoutText({ text: _text, ...figures }: ComparisonSide): Omit<ComparisonSide, 'text'> {
  return figures;
}

function lastPart(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
}
