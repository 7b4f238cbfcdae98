/**
 * The frame of a drawn chart: its title, the drawing, and the table that says the same, which a button brings to the front.
 * While the drawing is shown the table is there for screen readers only.
 */
import type { ComponentChildren } from 'preact';
import { Codicon } from './controls';
import { useDashboard } from './dashboardContext';
import { toggled, type ChartId } from './viewMemory';
import { WORDS } from './words';

export interface TableTwin {
  readonly columns: readonly string[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly string[])[];
}

interface ChartProps {
  readonly id: ChartId;
  readonly title: string;
  readonly table: TableTwin;
  /** Between the title and the button, e.g. what the chart shows. */
  readonly control?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Chart({ id, title, table, control, children }: ChartProps) {
  const { memory, remember } = useDashboard();
  const asTable = memory.tables.includes(id);
  const label = `${asTable ? WORDS.showChart : WORDS.showTable}: ${title}`;
  return (
    <div class="group chart">
      <div class="chart-heading">
        <h3 class="group-title">{title}</h3>
        {control}
        <button
          type="button"
          class="icon-button"
          aria-label={label}
          title={asTable ? WORDS.showChart : WORDS.showTable}
          onClick={() => remember({ tables: toggled(memory.tables, id) })}
        >
          <Codicon name={asTable ? 'graph' : 'table'} />
        </button>
      </div>
      {!asTable && children}
      {asTable ? (
        // Wide tables scroll in themselves; the keyboard must be able to do that too.
        <div class="table-scroll" tabIndex={0} role="region" aria-label={title}>
          <DataTable caption={title} table={table} />
        </div>
      ) : (
        <div class="visually-hidden">
          <DataTable caption={title} table={table} />
        </div>
      )}
    </div>
  );
}

export function DataTable({ caption, table }: { readonly caption: string; readonly table: TableTwin }) {
  return (
    <table class="data-table">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {table.columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map(([heading, ...cells], row) => (
          <tr key={row}>
            <th scope="row">{heading}</th>
            {cells.map((cell, column) => (
              <td key={column}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
