import { useEffect, useRef } from "react";
import uPlot from "uplot";
import type { Series } from "../usage/series";
import "./chart.css";
import css from "./Chart.module.css";
import { useTheme } from "./useTheme";

interface Props {
  series: Series;
  limit: number;
  /** The upper end of the picture. */
  top: number;
  height: number;
  /** What it shows, in a sentence: a picture is seen by some only. */
  label: string;
  value: (value: number) => string;
  tick: (ms: number) => string;
  /** Charts with the same one show the same moment. */
  together: string;
  /** Where the pointer is; null when it is elsewhere. */
  onPoint: (index: number | null) => void;
}

/** What was used, against a limit, over time. Lazy: whoever shows one imports it when the page has painted. */
export const Chart = (props: Props) => <Painted key={useTheme()} {...props} />;

function Painted({ series: { at, values }, limit, top, height, label, value, tick, together, onPoint }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const newest = useRef({ value, tick, onPoint });
  useEffect(() => {
    newest.current = { value, tick, onPoint };
  });
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const colour = colours(element);
    // In the colours that somebody chose there are no tints: the area would hide its own lines.
    const tint = matchMedia("(forced-colors: active)").matches ? "transparent" : colour("color-mix(in oklab, var(--link) 14%, transparent)");
    const axis = { stroke: colour("var(--text-3)"), font: `12px ${getComputedStyle(element).fontFamily}`, ticks: { show: false } };
    const chart = new uPlot(
      {
        width: element.clientWidth,
        height,
        padding: [8, 16, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 9 }, sync: { key: together } },
        scales: { y: { range: [0, top] } },
        axes: [
          { ...axis, size: 28, space: 72, grid: { show: false }, values: (_, splits) => splits.map((second) => newest.current.tick(second * 1000)) },
          {
            ...axis,
            size: 64,
            gap: 8,
            grid: { stroke: colour("var(--line)"), width: 1 },
            // In quarters of the limit: the highest line is the limit itself.
            splits: () => [0, 0.25, 0.5, 0.75, 1].map((part) => part * limit),
            values: (_, splits) => splits.map((split, index) => (index % 2 === 0 ? newest.current.value(split) : "")),
          },
        ],
        series: [
          {},
          { stroke: colour("var(--link)"), fill: tint, width: 1.5, points: { show: false } },
          { stroke: colour("var(--text-3)"), width: 1, dash: [4, 4], points: { show: false } },
        ],
        hooks: { setCursor: [({ cursor }) => newest.current.onPoint(cursor.idx ?? null)] },
      },
      [at, values, at.map(() => limit)],
      element,
    );
    const watch = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
    watch.observe(element);
    // A canvas does not draw itself again when the letters arrive.
    void document.fonts.ready.then(() => element.contains(chart.root) && chart.redraw(false));
    return () => {
      watch.disconnect();
      chart.destroy();
    };
  }, [at, values, limit, top, height, together]);
  return <div ref={place} className={css.chart} style={{ height }} role="img" aria-label={label} />;
}

/** A canvas knows no variables: an element of the page is asked what a colour is here and now. */
function colours(parent: HTMLElement) {
  return (name: string) => {
    const probe = document.createElement("span");
    probe.style.color = name;
    parent.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}
