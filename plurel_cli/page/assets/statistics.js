// The view of statistics: a strip, and the same as a table.
"use strict";
plurel.statistics = (data) => {
  const { el, grid } = plurel, { figure } = plurel.charts;
  if (!data.measure) return [el("h2", {}, "Statistics"), el("p", { class: "note" }, data.unmeasured)];
  const { inside, of, chart, judged } = data.measure;
  return [el("h2", {}, "Statistics beside real databases"),
    el("p", { class: "note" }, `${inside} of ${of} statistics lie within the quartiles of ${data.measure.databases} real databases. Each line is drawn by the real databases' own least, quartiles and largest; the band is the middle half of them.`),
    el("div", { class: "card" }, figure(chart)),
    el("h3", {}, "Numbers"), grid("Numbers of statistics", [
      ["statistic", (one) => one.what], ["name", (one) => one.name], ["here", (one) => one.value, true], ["real: quartile", (one) => one.q25, true],
      ["median", (one) => one.median, true], ["quartile", (one) => one.q75, true], ["middle half", (one) => one.inside === null ? "–" : one.inside ? "inside" : "outside"],
    ], judged)];
};
