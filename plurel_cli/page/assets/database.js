// The report of one database: its views, and the one that is shown.
"use strict";
plurel.database = (() => {
  const { el, name, number, percent, facts, grid, kindBadge } = plurel;
  const { figure } = plurel.charts;
  const link = (table) => el("a", { href: `#table/${encodeURIComponent(table)}` }, name(table));

  function schema(data) {
    const open = (table) => { location.hash = `table/${encodeURIComponent(table)}`; };
    return [
      el("h2", {}, "Schema"), plurel.erd.diagram(data, open),
      el("h2", {}, "Tables"),
      grid("Tables", [
        ["table", (one) => link(one.name)], ["kind", (one) => kindBadge(one.kind)], ["rows", (one) => one.rows, true],
        ["columns", (one) => one.columns.length, true], ["foreign keys", (one) => one.columns.filter((c) => c.role === "foreign_key").length, true],
        ["time", (one) => one.time_column || "–"], ["train / val / test", (one) => one.splits ? one.splits.map(number).join(" / ") : "–", true],
      ], data.tables),
      data.keys.length > 0 && [el("h2", {}, "Foreign keys"), grid("Foreign keys", [
        ["key", (one) => el("a", { href: `#table/${encodeURIComponent(one.child)}` }, name(`${one.child}.${one.column}`))], ["to", (one) => link(one.parent)],
        ["form", (one) => one.form], ["mean fan-out", (one) => one.mean, true], ["most", (one) => one.most, true],
        ["childless", (one) => percent(one.childless), true], ["null", (one) => percent(one.null_share), true],
      ], data.keys)],
    ];
  }

  function columnCard(column) {
    const badges = [
      column.role === "primary_key" && "primary key", column.role === "time" && "time of the row",
      column.unique && "unique", column.role === "hidden" && "hidden",
    ].filter(Boolean);
    const share = column.rows ? column.nulls / column.rows : 0;
    const end = (value) => (typeof value === "string" ? value.replace(/\.\d+$/, "") : number(value));
    const range = column.low === null || column.low === undefined ? null : `${end(column.low)} to ${end(column.high)}`;
    const moments = column.mean === null || column.mean === undefined ? null : `mean ${number(column.mean)}, sd ${number(column.sd)}`;
    return el("article", { class: "card" },
      el("h3", {}, name(column.name)),
      el("p", { class: "what" }, `${column.what} · ${column.type || "not written"} `, column.references && ["→ ", link(column.references), " "],
        badges.map((one) => el("span", { class: "badge" }, one)), column.tells_future && el("span", { class: "badge warn" }, "tells the future")),
      column.rows !== undefined && [
        el("div", { class: "nulls", "aria-hidden": "true" }, el("span", { style: `width:${(100 * share).toFixed(2)}%` })),
        el("p", { class: "what" }, `${column.nulls ? `${number(column.nulls)} null (${percent(share)})` : "no nulls"} · ${column.is_exact ? "" : "about "}${number(column.distinct)} different`,
          range && el("br"), range, moments && el("br"), moments),
      ],
      (column.charts || []).map(figure),
      column.examples && column.examples.length > 0 && el("ul", { class: "examples", "aria-label": "Examples" }, column.examples.map((one) => el("li", { title: one }, "“", name(one), "”"))));
  }

  function keyCards(key, data) {
    const words = [`${key.form}, to `, link(key.parent), `: ${number(key.rows - key.nulls)} references to ${number(key.parents)} rows, `,
      `${number(key.mean)} a row on average, median ${number(key.median)}, at most ${number(key.most)}; ${percent(key.childless)} childless; ${percent(key.null_share)} null`];
    const titles = { matrix: "Which refer to which", fan_out: "Fan-out", lags: "Time after the parent", cohorts: "Cohorts over time" };
    const clusters = key.clusters[0] * key.clusters[1] > 1 ? ` (${key.clusters[0]} × ${key.clusters[1]} clusters)` : "";
    return [el("h3", {}, name(key.column)), el("p", { class: "note" }, words),
      el("div", { class: "grid keys" }, key.charts.map((chart) => el("div", { class: "card" },
        el("h4", {}, titles[chart.chart] + (chart.chart === "matrix" ? clusters : "")), figure(chart))))];
  }

  function tableView(data, table) {
    const causes = (data.causes || []).find((one) => one.table === table.name);
    const keys = data.keys.filter((key) => key.child === table.name && key.charts);
    const children = data.keys.filter((key) => key.parent === table.name);
    return [
      el("h2", {}, name(table.name), " ", kindBadge(table.kind)),
      facts([["Rows", number(table.rows)], ["Columns", number(table.columns.filter((one) => one.role !== "hidden").length)],
        ["Referred to by", children.length ? el("span", {}, children.map((key, i) => [i ? ", " : "", link(key.child)])) : "none"],
        ...(table.splits ? [["Training / validation / test rows", table.splits.map(number).join(" / ")], ["Times", `${table.first.slice(0, 19)} to ${table.last.slice(0, 19)}`]] : [])]),
      table.charts.length > 0 && [el("h3", {}, "Over time"), el("div", { class: "grid wide" },
        table.charts.map((chart) => el("div", { class: "card" }, el("h4", {}, chart.chart === "week" ? "By weekday and hour" : "Rows over time"), figure(chart))))],
      el("h3", {}, "Columns"), el("div", { class: "grid" }, table.columns.map(columnCard)),
      keys.length > 0 && [el("h3", {}, "Foreign keys"), keys.map((key) => keyCards(key, data))],
      causes && [el("h3", {}, "Causes"), plurel.causal.graph(data.causes, table.name)],
    ];
  }

  function tables(data, chosen, isPrint) {
    if (isPrint && data.tables.length <= 12) return data.tables.map((table) => tableView(data, table));
    const table = data.tables.find((one) => one.name === chosen) || data.tables[0];
    const index = data.tables.indexOf(table);
    const go = (i) => { location.hash = `table/${encodeURIComponent(data.tables[(i + data.tables.length) % data.tables.length].name)}`; };
    const select = el("select", { id: "table-choice", onchange: () => go(select.selectedIndex) },
      data.tables.map((one) => el("option", { selected: one === table }, one.name)));
    return [el("div", { class: "bar" }, el("label", { for: "table-choice" }, "Table"), select,
      el("button", { type: "button", onclick: () => go(index - 1) }, "Previous"), el("button", { type: "button", onclick: () => go(index + 1) }, "Next")),
      tableView(data, table)];
  }

  function causes(data) {
    const n = data.causes.reduce((sum, table) => sum + table.columns.length, 0);
    return [el("h2", {}, "Causes"),
      el("p", { class: "note" }, "An arrow leads from a column to one that it acts on, in the same row or over a foreign key. Shares are those that the budget of a column states of its variance, before it is written."),
      n > 120 ? plurel.causal.byTable(data.causes) : plurel.causal.graph(data.causes, null),
      data.dependence.length > 0 && [el("h2", {}, "What columns come from"),
        el("p", { class: "note" }, "Shares of each column's variance by where they come from, as its budget states them. Columns without a budget are left out."),
        el("div", { class: "grid wide" }, data.dependence.map((chart) => el("div", { class: "card" }, el("h3", {}, name(chart.table)), figure(chart))))],
      data.learned && [el("h2", {}, "What can be learned of columns"),
        el("p", { class: "note" }, "Measured: how well boosted trees tell a column from the other columns of its row, and how much more they tell with the rows that it refers to, with rows that refer to it, and with earlier rows of the same parents. 100% is all, 0 nothing. Of a table at most six columns are drawn, and of each a sample of at most 4,000 rows."),
        data.learned.length === 0 && el("p", { class: "note" }, "No column has enough rows."),
        el("div", { class: "grid wide" }, data.learned.map((chart) => el("div", { class: "card" }, el("h3", {}, name(chart.table)), figure(chart))))]];
  }

  function tasks(data) {
    const score = (task, which) => (task.skill ? task.skill[which] : null);
    return [el("h2", {}, "Tasks"),
      data.tasks.length === 0 ? el("p", { class: "note" }, "This database has no tasks. plurel tasks makes some.") : [
        el("p", { class: "note" }, "Scores of baselines on test rows, of which 1 is perfect: for yes or no the AUC (0.5 knows nothing), for numbers R² on normal scores, for classes how much of a constant's log loss is gone. A constant knows nothing of the row."),
        grid("Tasks", [
          ["task", (one) => one.name], ["asks", (one) => one.description], ["kind", (one) => one.form || one.kind], ["answer", (one) => one.task_type.replace("_", " ")],
          ["train", (one) => one.rows[0], true], ["val", (one) => one.rows[1], true], ["test", (one) => one.rows[2], true],
          ["constant", (one) => score(one, "constant"), true], ["last value", (one) => score(one, "last_value"), true],
          ["mean of entity", (one) => score(one, "entity_mean"), true], ["trees", (one) => score(one, "trees"), true],
        ], data.tasks)]];
  }

  function config(data) {
    const yaml = (label, text) => el("pre", { class: "yaml", tabindex: 0, "aria-label": label }, text);
    const kinds = { preset: "From the preset ", file: "From the file ", set: "From --set " };
    return [el("h2", {}, "How it was made"), facts(data.made),
      data.again && [el("p", {}, "To make it again", data.files && [", with ", name(data.files), " as it was then"], ":"), yaml("Command", data.again)],
      el("p", {}, data.again ? "Or, whatever has become of presets and files, with all settings below as config.yaml:" : "To make it again, with the config below as config.yaml:"),
      yaml("Command with all settings", data.command),
      el("h3", {}, "Config"),
      data.sources ? [
        el("p", { class: "note" }, data.sources.length ? "Settings by where they were stated, the last word first. All others are defaults." : "Nothing was stated: all settings are defaults."),
        data.sources.map((one) => [el("h4", {}, kinds[one.kind], name(one.name)), yaml("Settings of " + one.name, one.settings)])] : [
        el("p", { class: "note" }, "Settings that differ from the defaults, and the whole, as recorded with the database."),
        data.preset && [el("h4", {}, "Beyond the preset ", name(data.preset)), el("p", { class: "note" }, "The settings are nearest to those of this preset, and differ from it in these:"),
          yaml("Settings beyond the preset", data.beyond)],
        el("h4", {}, "Stated"), yaml("Stated settings", data.stated)],
      el("details", {}, el("summary", {}, "All settings, defaults included"), yaml("All settings", data.config))];
  }

  function views(data) {
    return [
      ["schema", "Schema", () => schema(data)],
      ["table", "Tables", (chosen, isPrint) => tables(data, chosen, isPrint)],
      data.causes && ["causes", "Causes", () => causes(data)],
      ["statistics", "Statistics", () => plurel.statistics(data)],
      ["tasks", "Tasks to learn", () => tasks(data)],
      ["config", "Config", () => config(data)],
    ].filter(Boolean);
  }

  return { views };
})();
