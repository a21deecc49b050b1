// Charts: a specification of the package and the figures that it draws, with Vega-Lite. A chart is
// drawn when it comes into view, and drawn anew when the theme changes.
"use strict";
plurel.charts = (() => {
  const { el, number } = plurel;
  const drawn = new Map();
  const tip = el("div", { class: "tip", role: "status", hidden: true });
  let specs = {};

  const colour = (variable) => getComputedStyle(document.documentElement).getPropertyValue(variable).trim();

  function theme() {
    const ink = colour("--ink"), soft = colour("--soft"), line = colour("--line");
    const isDark = document.documentElement.dataset.theme === "dark";
    const ramp = isDark ? ["#1b2a37", "#2f7fb5", "#bfe3ff"] : ["#f0f4f8", "#4a9bd1", "#0b3a66"];
    return {
      background: null, aria: false, font: "system-ui, DejaVu Sans, sans-serif",
      view: { stroke: null }, padding: 0,
      bar: { color: colour("--mark"), binSpacing: 0 }, rect: { color: colour("--mark"), fill: colour("--mark") }, point: { color: colour("--mark") },
      rule: { color: ink }, text: { color: ink, fontSize: 11 },
      axis: { labelColor: soft, titleColor: soft, gridColor: line, domainColor: line, tickColor: line,
        gridOpacity: 0.6, labelFontSize: 11, titleFontSize: 11, titleFontWeight: "normal" },
      axisX: { grid: false }, legend: { labelColor: soft, titleColor: soft },
      range: { category: [colour("--mark"), colour("--warn")], heatmap: ramp, ramp, ordinal: ramp },
    };
  }

  function rows(chart) {
    if (chart.grid) {
      const { y, x, values } = chart.grid;
      return values.flatMap((line, i) => line.flatMap((value, j) =>
        value === null ? [] : [{ y: y[i], x: x[j], rows: value }]));
    }
    if (chart.bins) {
      const { edges, rows: counts, marks } = chart.bins;
      return [...counts.map((n, i) => ({ low: edges[i], high: edges[i + 1], rows: n })),
        ...Object.entries(marks).map(([split, low]) => ({ low, split }))];
    }
    const names = Object.keys(chart.columns);
    return (chart.columns[names[0]] || []).map((_, i) =>
      Object.fromEntries(names.map((one) => [one, chart.columns[one][i]])));
  }

  function spec(chart) {
    const whole = structuredClone(specs[chart.chart]);
    for (const [channel, title] of Object.entries(chart.titles || {})) {
      (whole.layer || [whole])[0].encoding[channel].axis.title = title;
    }
    return { ...whole, autosize: { type: "fit-x", contains: "padding" }, data: { name: "rows", values: rows(chart) } };
  }

  function show(_, event, item, value) {
    tip.hidden = value === null || value === undefined || value === "";
    if (tip.hidden) return;
    const lines = typeof value === "object" ? Object.entries(value).map(([k, v]) => `${k}: ${v}`) : [value];
    tip.replaceChildren(...lines.map((line) => el("div", {}, line)));
    const width = document.documentElement.clientWidth;
    tip.style.left = `${Math.min(event.clientX + 14, width - tip.offsetWidth - 8)}px`;
    tip.style.top = `${event.clientY + 14}px`;
  }

  function draw(place, chart) {
    const width = Math.max(120, place.clientWidth);
    const whole = { ...spec(chart), width };
    const compiled = vegaLite.compile(whole, { config: theme(), logger: vega.logger(vega.Error) });
    const view = new vega.View(vega.parse(compiled.spec), { renderer: "svg", logLevel: vega.Error });
    drawn.get(place)?.finalize?.();
    place.replaceChildren();
    const inside = el("div", { "aria-hidden": "true" });
    place.append(inside);
    view.tooltip(show).initialize(inside).run();
    drawn.set(place, view);
  }

  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) render(entry.target);
    }
  }, { rootMargin: "300px" });

  function render(place) {
    if (!place.chart || !place.isConnected || place.clientWidth === 0) return;
    watcher.unobserve(place);
    draw(place, place.chart);
  }

  function numbers(chart) {
    const box = el("details", { class: "numbers" }, el("summary", {}, "Numbers"));
    box.addEventListener("toggle", () => {
      if (!box.open || box.children.length > 1) return;
      const data = rows(chart), names = Object.keys(data[0] || {});
      box.append(plurel.grid(chart.about, names.map((one) =>
        [one, (row) => row[one], typeof data[0][one] === "number"]), data.slice(0, 2000)));
    });
    return box;
  }

  // A place for a chart, and its numbers as a table.
  function figure(chart) {
    const place = el("div", { class: "chart", role: "img", "aria-label": chart.about });
    place.chart = chart;
    watcher.observe(place);
    return [place, numbers(chart)];
  }

  function redraw() {
    for (const place of [...drawn.keys()]) {
      if (place.isConnected) draw(place, place.chart);
      else { drawn.get(place).finalize(); drawn.delete(place); }
    }
  }

  function renderAll(root) {
    for (const place of root.querySelectorAll(".chart")) {
      if (!drawn.has(place)) render(place);
    }
  }

  function begin(given) {
    specs = given;
    document.body.append(tip);
    let width = window.innerWidth, wait;
    window.addEventListener("resize", () => {
      if (window.innerWidth === width) return;
      width = window.innerWidth;
      clearTimeout(wait);
      wait = setTimeout(redraw, 120);
    });
  }

  return { begin, figure, redraw, renderAll, show, number };
})();
