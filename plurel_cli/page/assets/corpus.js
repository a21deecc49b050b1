// The report of a corpus: how its databases are spread, and each of them as a small picture.
"use strict";
plurel.corpus = (() => {
  const { el, name, number, grid } = plurel;
  const { figure } = plurel.charts;
  const SIZES = [["tables", "Tables"], ["foreign_keys", "Foreign keys"], ["columns", "Columns"], ["rows", "Rows"]];

  function overview(data) {
    const card = (chart) => el("div", { class: "card" }, el("h3", {}, name(chart.about)), figure(chart));
    return [el("h2", {}, "How it is spread"),
      el("p", { class: "note" }, "Bars count databases; the band is the middle half of real ones, where these are known."),
      el("div", { class: "grid" }, data.spread.map(card)),
      el("h2", {}, "What it is made of"), el("div", { class: "grid" }, data.counts.map(card))];
  }

  function thumbnail(one) {
    const label = `${one.name}: ${one.tables} tables, ${number(one.rows)} rows, ${one.layout}`;
    const inside = [plurel.erd.thumbnail(one.kinds, one.edges, label), el("h3", {}, name(one.name)),
      el("p", { class: "what" }, `${number(one.tables)} tables · ${number(one.columns)} columns · ${number(one.rows)} rows`, el("br"),
        name([one.layout, one.theme, one.config].filter(Boolean).join(" · "))),
      one.far.length > 0 && el("span", { class: "badge warn" }, `far from the others: ${one.far.join(", ")}`),
      one.outside > 0 && el("span", { class: "badge" }, `${one.outside} statistics beyond all real ones`)];
    return one.href ? el("a", { class: "card thumb", href: one.href }, inside) : el("article", { class: "card thumb" }, inside);
  }

  function databases(data) {
    const choices = (key) => [...new Set(data.databases.map((one) => one[key]).filter(Boolean))].sort();
    const select = (key, title) => {
      const options = choices(key);
      return options.length < 2 ? null : el("label", {}, `${title} `, el("select", { name: key, onchange: draw },
        el("option", { value: "" }, "any"), options.map((one) => el("option", { value: one }, one))));
    };
    const bound = (key, title, which) => el("input", { type: "number", min: 0, name: `${which} ${key}`, "aria-label": `${title}, ${which}`,
      placeholder: which, style: "width:7.5rem", oninput: draw });
    const order = el("select", { name: "order", onchange: draw }, [["seed", "seed"], ...SIZES.map(([key, title]) => [key, title.toLowerCase()]), ["outside", "statistics beyond real ones"]]
      .map(([key, title]) => el("option", { value: key }, title)));
    const outliers = el("input", { type: "checkbox", id: "outliers", onchange: draw });
    const filters = el("div", { class: "bar" }, select("layout", "Layout"), select("theme", "Theme"), select("config", "Config"),
      SIZES.filter(([key]) => key !== "foreign_keys").map(([key, title]) => el("span", {}, `${title} `, bound(key, title, "at least"), " ", bound(key, title, "at most"))),
      el("span", {}, outliers, el("label", { for: "outliers" }, " outliers only")), el("label", {}, "Order by ", order));
    const count = el("p", { class: "soft", role: "status" }), place = el("div", { class: "grid" });

    function draw() {
      const field = (one) => filters.querySelector(`[name="${one}"]`);
      const shown = data.databases.filter((one) =>
        ["layout", "theme", "config"].every((key) => !field(key) || !field(key).value || field(key).value === one[key])
        && SIZES.every(([key]) => {
          const least = field(`at least ${key}`), most = field(`at most ${key}`);
          return (!least || !least.value || one[key] >= Number(least.value)) && (!most || !most.value || one[key] <= Number(most.value));
        }) && (!outliers.checked || one.far.length > 0));
      const key = order.value;
      shown.sort((a, b) => (key === "seed" ? a.seed - b.seed : (b[key] ?? 0) - (a[key] ?? 0)));
      count.textContent = `${shown.length} of ${data.databases.length} databases`;
      place.replaceChildren(...shown.map(thumbnail));
    }
    draw();
    return [el("h2", {}, "Databases"), filters, count, place];
  }

  function failures(data) {
    return [el("h2", {}, "Failures"), data.failed.length === 0 ? el("p", { class: "note" }, "All databases are there.")
      : grid("Failures", [["database", (one) => one.name], ["why", (one) => one.error]], data.failed)];
  }

  function views(data) {
    return [["overview", "Overview", () => overview(data)], ["databases", "Databases", () => databases(data)],
      ["statistics", "Statistics", () => plurel.statistics(data)],
      ["failures", `Failures (${data.failed.length})`, () => failures(data)]];
  }

  return { views };
})();
