// Diagrams of the board, drawn from the tables beneath them: what a table says and links to is what its diagram shows.

import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, CustomChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const drawn = new Map();

// --- what a table says ---------------------------------------------------------------------------------------------

const read = (figure) => {
  const table = figure.querySelector("table");
  const heads = [...table.tHead.rows[0].cells].slice(1);
  const marked = Math.max(0, heads.findIndex((head) => head.hasAttribute("data-drawn")));
  const lines = [...table.tBodies[0].rows].map((row) => ({
    name: row.cells[0].innerText.trim(),
    cells: [...row.cells].slice(1).map((cell) => ({
      value: "value" in cell.dataset ? Number(cell.dataset.value) : null,
      low: "low" in cell.dataset ? Number(cell.dataset.low) : null,
      high: "high" in cell.dataset ? Number(cell.dataset.high) : null,
      said: cell.innerText.trim().replace(/\s+/g, " "),
      url: cell.querySelector("a")?.href,
    })),
  }));
  return { heads: heads.map((head) => head.innerText.trim()), marked, lines };
};

// --- how it looks --------------------------------------------------------------------------------------------------

const looks = (figure) => {
  const style = getComputedStyle(figure);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: colour("ink"), soft: colour("ink-soft"), line: colour("line"), edge: colour("edge"), paper: colour("paper"),
    colours: [colour("sky"), colour("grass"), colour("amber"), colour("brick")],
    font: { fontFamily: style.fontFamily, fontSize: parseFloat(style.fontSize), color: colour("ink") },
  };
};

// Nothing moves; what is told of a mark is drawn too, since pages allow no style from elsewhere.
const common = (look) => ({
  animation: false,
  textStyle: look.font,
  color: look.colours,
  tooltip: {
    renderMode: "richText", confine: true, backgroundColor: look.paper, borderColor: look.edge, textStyle: look.font,
  },
});

const axis = (look, more) => ({
  axisLabel: { color: look.soft, fontSize: look.font.fontSize, hideOverlap: true },
  axisLine: { lineStyle: { color: look.edge } },
  splitLine: { lineStyle: { color: look.line } },
  ...more,
});

// Lines are told apart by their dash and their marks, bars by their place: colour alone tells nothing.
const trend = ({ heads, lines }, look) => ({
  ...common(look),
  tooltip: { ...common(look).tooltip, trigger: "axis" },
  legend: { top: 0, textStyle: look.font, inactiveColor: look.edge },
  grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
  xAxis: axis(look, { type: "category", data: lines.map((line) => line.name) }),
  yAxis: axis(look, { type: "value", minInterval: 1 }),
  series: heads.map((name, at) => ({
    name, type: at === heads.length - 1 ? "line" : "bar", symbol: "diamond", symbolSize: 8, barMaxWidth: 20,
    lineStyle: { width: 2 }, itemStyle: at === 1 ? { decal: { symbol: "line", dashArrayX: [1, 0], dashArrayY: [2, 4] } } : {},
    data: lines.map((line) => ({ value: line.cells[at].value, url: line.cells[at].url })),
  })),
});

const bars = ({ heads, marked, lines }, look) => ({
  ...common(look),
  grid: { left: 8, right: 48, top: 8, bottom: 8, containLabel: true },
  xAxis: axis(look, { type: "value", minInterval: 1 }),
  yAxis: axis(look, {
    type: "category", inverse: true, data: lines.map((line) => line.name), splitLine: { show: false },
    axisLabel: { color: look.ink, fontSize: look.font.fontSize, interval: 0 },
  }),
  series: [{
    name: heads[marked], type: "bar", barMaxWidth: 20, label: { show: true, position: "right", color: look.ink },
    data: lines.map((line) => ({ value: line.cells[marked].value, url: line.cells[marked].url })),
  }],
});

// A line from the least to the most that a rate may truly be, and a dot where it was measured.
const ranges = ({ heads, marked, lines }, look) => {
  const rows = lines.filter((line) => line.cells[marked].low !== null);
  const data = rows.map(({ cells: { [marked]: cell } }, at) => ({
    value: [at, cell.low, cell.value, cell.high], said: cell.said, url: cell.url,
  }));
  return {
    ...common(look),
    tooltip: { ...common(look).tooltip, formatter: ({ data: one }) => `${rows[one.value[0]].name}\n${one.said}` },
    grid: { left: 8, right: 24, top: 8, bottom: 8, containLabel: true },
    xAxis: axis(look, { type: "value", min: 0, max: 1, axisLabel: { color: look.soft, formatter: (rate) => `${Math.round(100 * rate)}%` } }),
    yAxis: axis(look, {
      type: "category", inverse: true, data: rows.map((line) => line.name), splitLine: { show: false },
      axisLabel: { color: look.ink, fontSize: look.font.fontSize, interval: 0 },
    }),
    series: [{
      name: heads[marked], type: "custom", encode: { x: [1, 2, 3], y: 0 }, data,
      renderItem: (_params, api) => range(api, look),
    }],
  };
};

const range = (api, look) => {
  const at = api.value(0);
  const [low, middle, high] = [1, 2, 3].map((dimension) => api.coord([api.value(dimension), at]));
  const stroke = { stroke: look.colours[0], lineWidth: 2 };
  const stop = ([x, y]) => ({ type: "line", shape: { x1: x, x2: x, y1: y - 5, y2: y + 5 }, style: stroke });
  return {
    type: "group",
    children: [
      { type: "rect", shape: { x: low[0] - 4, y: low[1] - 12, width: high[0] - low[0] + 8, height: 24 }, style: { fill: "transparent" } },
      { type: "line", shape: { x1: low[0], y1: low[1], x2: high[0], y2: high[1] }, style: stroke },
      stop(low), stop(high),
      { type: "circle", shape: { cx: middle[0], cy: middle[1], r: 5 }, style: { fill: look.colours[0] } },
    ],
  };
};

const KINDS = { trend, bars, ranges };
const TALL = 28; // pixels for each row of bars

// --- drawing -------------------------------------------------------------------------------------------------------

const draw = (figure) => {
  const plot = figure.querySelector("[data-plot]");
  const told = read(figure);
  const look = looks(figure);
  plot.hidden = false;
  const rows = figure.dataset.chart === "trend" ? 0 : told.lines.length;
  if (rows) plot.style.height = `${Math.max(2, rows) * Math.max(TALL, 2 * look.font.fontSize) + 40}px`;
  const chart = drawn.get(figure) ?? init(plot);
  if (!drawn.has(figure)) {
    drawn.set(figure, chart);
    chart.on("click", ({ data }) => { if (data.url) location.assign(data.url); });
    new ResizeObserver(() => chart.resize()).observe(plot);
  }
  chart.setOption(KINDS[figure.dataset.chart](told, look), true);
};

const begin = (root) => {
  for (const [figure, chart] of drawn) {
    if (figure.isConnected) continue;
    chart.dispose();
    drawn.delete(figure);
  }
  for (const figure of root.querySelectorAll("[data-chart]")) {
    if (figure.dataset.chart in KINDS) draw(figure);
    for (const told of figure.querySelectorAll("details[data-shut]")) told.open = false;
    for (const told of figure.querySelectorAll("details[data-gone]")) told.classList.add("visually-hidden");
    const button = figure.querySelector("[data-picture]");
    if (button) button.hidden = false;
  }
};

// Colours and sizes follow what the reader or the system chooses meanwhile.
const again = () => [...drawn.keys()].forEach(draw);
for (const wish of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]) matchMedia(wish).addEventListener("change", again);
new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme", "data-reading"] });
document.addEventListener("htmx:afterSettle", (event) => begin(event.target));
begin(document);

// --- pictures ------------------------------------------------------------------------------------------------------

const save = (address, name) => {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
};

// The tiles as a picture: their colours come from the page's style, which a picture does not have.
const picture = async (svg) => {
  const copy = svg.cloneNode(true);
  const shapes = [...svg.querySelectorAll("rect, circle, text")];
  [...copy.querySelectorAll("rect, circle, text")].forEach((shape, at) => {
    const style = getComputedStyle(shapes[at]);
    for (const name of ["fill", "stroke", "stroke-width", "font-size", "font-family", "font-weight", "text-anchor"]) {
      shape.setAttribute(name, style.getPropertyValue(name));
    }
  });
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute("width", 2 * width);
  copy.setAttribute("height", 2 * height);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
  const ink = canvas.getContext("2d");
  ink.fillStyle = looks(svg).paper;
  ink.fillRect(0, 0, canvas.width, canvas.height);
  ink.drawImage(image, 0, 0);
  return canvas.toDataURL("image/png");
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-picture]");
  if (!button) return;
  const figure = button.closest("[data-chart]");
  const chart = drawn.get(figure);
  const paper = looks(figure).paper;
  save(
    chart ? chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: paper }) : await picture(figure.querySelector("svg.tiles")),
    button.dataset.picture,
  );
});

// --- the wall ------------------------------------------------------------------------------------------------------

const exit = document.querySelector("[data-exit]");
document.addEventListener("keydown", (event) => { if (exit && event.key === "Escape") location.assign(exit.href); });
