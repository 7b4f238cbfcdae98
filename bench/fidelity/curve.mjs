// The fidelity curve as a picture: speed against dense on the x axis, disagreement of the first choice on the y axis, each
// point labelled with the share of the activation mass it keeps. Pure: rows in, SVG out.
const WIDTH = 640;
const HEIGHT = 400;
const MARGIN = { left: 70, right: 30, top: 40, bottom: 60 };
const BAR = 0.01;

/** rows: {speed, top1Agreement, lossChange, massTarget}[] */
export function fidelityCurve(rows, exactSpeed) {
  const speeds = [1, exactSpeed, ...rows.map(({ speed }) => speed)];
  const [low, high] = [Math.min(...speeds) * 0.95, Math.max(...speeds) * 1.05];
  const worst = Math.max(BAR, ...rows.map(({ top1Agreement }) => 1 - top1Agreement)) * 1.15;
  const x = (speed) => MARGIN.left + ((speed - low) / (high - low)) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (share) => HEIGHT - MARGIN.bottom - (share / worst) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const text = (px, py, content, anchor = 'middle') =>
    `<text x="${px.toFixed(1)}" y="${py.toFixed(1)}" text-anchor="${anchor}">${content}</text>`;
  const sorted = [...rows].sort((a, b) => a.massTarget - b.massTarget);
  const points = sorted.map((row) => ({ row, px: x(row.speed), py: y(1 - row.top1Agreement) }));
  const xTicks = ticks(low, high, 0.25).map((value) => text(x(value), HEIGHT - MARGIN.bottom + 18, `${value.toFixed(2)} ×`));
  const yTicks = ticks(0, worst, worst > 0.03 ? 0.01 : 0.005).map((value) =>
    text(MARGIN.left - 8, y(value) + 4, `${(value * 100).toFixed(1)} %`, 'end'),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<title>Predicted mode: positions whose first choice differs from dense, against decode speed</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
<g stroke="#808080"><path d="M${MARGIN.left} ${MARGIN.top}V${HEIGHT - MARGIN.bottom}H${WIDTH - MARGIN.right}" fill="none"/></g>
<path d="M${MARGIN.left} ${y(BAR).toFixed(1)}H${WIDTH - MARGIN.right}" stroke="#c0392b" stroke-dasharray="6 4"/>
<g fill="#c0392b">${text(WIDTH - MARGIN.right, y(BAR) - 6, 'bar: 1 %', 'end')}</g>
<polyline points="${points.map(({ px, py }) => `${px.toFixed(1)},${py.toFixed(1)}`).join(' ')}" fill="none" stroke="#2e7d32" stroke-width="2"/>
<g fill="#2e7d32">${points.map(({ px, py }) => `<circle cx="${px.toFixed(1)}" cy="${py.toFixed(1)}" r="4"/>`).join('')}</g>
<g fill="#202020">
${points.map(({ row, px, py }) => text(px + 8, py - 6, `${(row.massTarget * 100).toFixed(2)} %`, 'start')).join('\n')}
${xTicks.join('\n')}
${yTicks.join('\n')}
${text(WIDTH / 2, HEIGHT - 14, 'decode speed, dense = 1')}
${text(MARGIN.left, 22, 'positions whose first choice differs from dense; labels: activation mass kept', 'start')}
</g>
<g fill="#1f4e8c"><circle cx="${x(exactSpeed).toFixed(1)}" cy="${y(0).toFixed(1)}" r="4"/>${text(x(exactSpeed), y(0) - 8, 'exact')}<circle cx="${x(1).toFixed(1)}" cy="${y(0).toFixed(1)}" r="4"/>${text(x(1), y(0) - 8, 'dense')}</g>
</svg>
`;
}

function ticks(low, high, step) {
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}
