interface Props {
  /** Rows of 0 and 1, the quiet zone with them. */
  rows: readonly string[];
  label: string;
}

/** Dark on white in either theme: not every camera reads the opposite. */
export const Qr = ({ rows, label }: Props) => (
  <svg viewBox={`0 0 ${rows.length} ${rows.length}`} width="220" height="220" role="img" aria-label={label} shapeRendering="crispEdges" style={{ forcedColorAdjust: "none", borderRadius: 8 }}>
    <path fill="#fff" d={`M0 0h${rows.length}v${rows.length}H0z`} />
    <path fill="#000" d={rows.map((row, y) => [...row.matchAll(/1+/g)].map(({ index, 0: run }) => `M${index} ${y}h${run.length}v1h-${run.length}z`).join("")).join("")} />
  </svg>
);
