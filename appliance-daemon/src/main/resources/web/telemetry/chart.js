import { formatReading } from "../lib/telemetry.js";
import { html, useEffect, useRef, useState } from "../ui/html.js";
import uPlot from "../vendor/uplot.js";

const HEIGHT = 190;
const DAY = 86_400;

/** Lines that differ without colour too. */
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

/**
 * Curves with the range of each part behind its mean.
 *
 * @param {{label: string, columns: number[][], from: number, to: number, unit: string, language: string}} properties
 */
export function Chart({ label, columns, from, to, unit, language }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const plot = useRef(/** @type {uPlot | null} */ (null));
  const span = useRef([from, to]);
  const look = useLook();
  const lines = (columns.length - 1) / 3;
  span.current = [from, to];
  useEffect(() => {
    const element = place.current;
    plot.current = new uPlot(optionsOf({ element, lines, unit, language, span }), columns, element);
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [lines, unit, language, look]);
  useEffect(() => plot.current?.setData(columns), [columns]);
  return html`<div ref=${place} class="chart" role="img" aria-label=${label}></div>`;
}

/** A number that changes when colours do. */
function useLook() {
  const [look, setLook] = useState(0);
  useEffect(() => {
    const changed = () => setLook((before) => before + 1);
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", changed);
    const chosen = new MutationObserver(changed);
    chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      system.removeEventListener("change", changed);
      chosen.disconnect();
    };
  }, []);
  return look;
}

function optionsOf({ element, lines, unit, language, span }) {
  const colour = colours(element);
  const grid = { stroke: colour("line"), width: 1 };
  const axis = { stroke: colour("muted"), grid, ticks: grid, font: `12px ${getComputedStyle(element).fontFamily}` };
  const series = [{}];
  const bands = [];
  for (let line = 0; line < lines; line += 1) {
    const stroke = colour(`curve-${line}`);
    series.push({ stroke, width: 2, dash: DASHES[line % DASHES.length], points: { show: false } });
    for (let bound = 0; bound < 2; bound += 1) series.push({ stroke: "transparent", width: 0, points: { show: false } });
    bands.push({ series: [3 * line + 3, 3 * line + 2], fill: faint(stroke) });
  }
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: true, range: () => span.current }, y: { range: (_, least, most) => rangeOf(unit, least, most) } },
    axes: [
      { ...axis, space: 70, values: (_, times) => times.map((time) => timeText(time, span.current, language)) },
      { ...axis, size: 64, values: (_, values) => values.map((value) => formatReading(value, unit, language).replace(/([.,])0(?= )/, "")) },
    ],
    series,
    bands,
  };
}

/** Shares from nothing to all; everything else with room around it. */
function rangeOf(unit, least, most) {
  if (unit === "ratio") return [0, 1];
  if (least === null || most === null) return [0, 1];
  const room = Math.max((most - least) * 0.15, 1);
  return [Math.max(0, least - room), most + room];
}

function timeText(time, [from, to], language) {
  const date = new Date(time * 1000);
  return to - from > 2 * DAY
    ? date.toLocaleDateString(language, { month: "numeric", day: "numeric" })
    : date.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
}

/** Colours of the style sheet as a canvas takes them: without variables and light-dark(). */
function colours(element) {
  const probe = document.createElement("span");
  return (name) => {
    probe.style.color = `var(--${name})`;
    element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}

const faint = (colour) => colour.replace(/^rgb\((.*)\)$/, "rgba($1, 0.16)");
