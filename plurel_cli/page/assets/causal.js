// Causes by column: which columns act on which, within a table and across foreign keys. Picking one
// shows what it comes from, with shares of its variance, and what it acts on.
"use strict";
plurel.causal = (() => {
  const { el, svg, name } = plurel;
  const { board, bend } = plurel.board;
  const H = 24;
  const pen = document.createElement("canvas").getContext("2d");
  const id = (table, column) => `${table}\u0000${column}`;
  const short = (text) => (text.length > 34 ? `${text.slice(0, 33)}…` : text);

  // Variables and influences of some tables, with those of others that act on them.
  function collect(causes, only) {
    const nodes = new Map(), edges = [];
    const columns = new Map(causes.flatMap((table) => table.columns.map((one) => [id(table.table, one.name), one])));
    const add = (table, column) => {
      const key = id(table, column);
      if (!nodes.has(key)) nodes.set(key, { key, table, column, about: columns.get(key) || null, isOther: only !== null && table !== only });
      return key;
    };
    for (const table of causes) {
      for (const column of table.columns) {
        const isIn = only === null || table.table === only;
        if (isIn) add(table.table, column.name);
        for (const [from, cause] of column.causes) {
          if (isIn || from === only) edges.push({ from: add(from, cause), to: add(table.table, column.name) });
        }
      }
    }
    return { nodes, edges };
  }

  function reach(edges, start, from, to) {
    const seen = new Set([start]), left = [start];
    while (left.length) {
      const one = left.pop();
      for (const edge of edges) {
        if (edge[from] === one && !seen.has(edge[to])) { seen.add(edge[to]); left.push(edge[to]); }
      }
    }
    return seen;
  }

  function details(node, graph, pick) {
    const link = (key) => {
      const other = graph.nodes.get(key);
      return el("li", {}, el("button", { type: "button", onclick: () => pick(key) }, name(`${other.table}.${other.column}`)));
    };
    const about = node.about;
    const of = (from, to) => [...new Set(graph.edges.filter((edge) => edge[to] === node.key).map((edge) => edge[from]))];
    const causes = of("from", "to"), effects = of("to", "from");
    const shares = about && about.shares.length ? plurel.charts.figure({ chart: "shares", about: `Shares of the variance of ${node.column}`,
      columns: { value: about.shares.map((one) => one.words), share: about.shares.map((one) => one.share) } }) : null;
    return el("div", { class: "card", "aria-live": "polite" },
      el("h3", {}, name(`${node.table}.${node.column}`)),
      about && el("p", { class: "what" }, name(`${about.kind}: ${about.told}`)),
      shares && [el("h4", {}, "Shares of the variance"), shares],
      el("h4", {}, `Causes (${causes.length})`), causes.length ? el("ul", {}, causes.map(link)) : el("p", { class: "soft" }, "none among columns"),
      el("h4", {}, `Effects (${effects.length})`), effects.length ? el("ul", {}, effects.map(link)) : el("p", { class: "soft" }, "none"));
  }

  function drawn(graph, isWhole, pick) {
    const layout = new dagre.graphlib.Graph({ compound: isWhole });
    layout.setGraph({ rankdir: "LR", nodesep: 8, ranksep: 60, edgesep: 6 });
    layout.setDefaultEdgeLabel(() => ({}));
    pen.font = "12px DejaVu Sans Mono, monospace";
    const words = (node) => short(isWhole || node.isOther ? `${node.table}.${node.column}` : node.column);
    const linked = new Set(graph.edges.flatMap((edge) => [edge.from, edge.to]));
    const alone = [...graph.nodes.values()].filter((node) => !linked.has(node.key));
    for (const node of graph.nodes.values()) {
      if (linked.has(node.key)) layout.setNode(node.key, { width: pen.measureText(words(node)).width + 18, height: H });
    }
    for (const edge of graph.edges) if (edge.from !== edge.to) layout.setEdge(edge.from, edge.to);
    dagre.layout(layout);
    const size = layout.graph(), w0 = linked.size ? size.width : 0, h0 = linked.size ? size.height : 0;
    const places = new Map([...linked].map((key) => [key, layout.node(key)]));
    let x = 0, y = h0 + 24, widest = w0;
    for (const node of alone) {  // columns that depend on nothing, below
      const width = pen.measureText(words(node)).width + 18;
      if (x > 0 && x + width > Math.max(w0, 900)) { x = 0; y += H + 8; }
      places.set(node.key, { x: x + width / 2, y: y + H / 2, width, height: H });
      x += width + 10;
      widest = Math.max(widest, x);
    }
    const lines = layout.edges().map((one) => {
      const points = layout.edge(one).points;
      const path = svg("path", { class: "edge", d: bend(points), "marker-end": "url(#arrow)" });
      path.ends = [one.v, one.w];
      return path;
    });
    const boxes = [...graph.nodes.values()].map((node) => {
      const place = places.get(node.key);
      const box = svg("g", { class: `node ${node.isOther ? "other" : ""} ${node.about && node.about.kind === "hidden" ? "hidden" : ""}`, tabindex: 0, role: "button",
        "data-name": `${node.table}.${node.column}`, onclick: () => pick(node.key),
        onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pick(node.key); } } },
        svg("title", {}, `${node.table}.${node.column}`),
        svg("rect", { x: place.x - place.width / 2, y: place.y - H / 2, width: place.width, height: H, rx: 5 }),
        svg("text", { x: place.x, y: place.y + 4, "text-anchor": "middle" }, words(node)));
      box.key = node.key;
      return box;
    });
    return { lines, boxes, width: widest, height: alone.length ? y + H : h0 };
  }

  const arrow = () => svg("defs", {}, svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" },
    svg("path", { d: "M0,0 L8,4 L0,8 z", fill: "#78828c" })));

  // The causes of one table, or of all where none is named.
  function graph(causes, only) {
    const found = collect(causes, only);
    if (!found.nodes.size) return el("p", { class: "note" }, "Nothing acts on its columns.");
    const side = el("div", {}, el("p", { class: "note unpicked" }, "Pick a column to see its causes, its effects, and what shares of its variance come from where."));
    const drawing = svg("svg", { class: "causal", role: "group", "aria-label": "Columns and what acts on them" },
      arrow());
    const frame = board(only === null ? "Causes in the whole database" : `Causes in ${only}`, drawing, { low: only !== null });
    const { lines, boxes, width, height } = drawn(found, only === null, pick);

    function pick(key) {
      const up = reach(found.edges, key, "to", "from"), down = reach(found.edges, key, "from", "to");
      for (const box of boxes) {
        box.classList.toggle("picked", box.key === key);
        box.classList.toggle("dim", !up.has(box.key) && !down.has(box.key));
      }
      for (const line of lines) {
        const [from, to] = line.ends;
        const lit = (up.has(from) && up.has(to)) || (down.has(from) && down.has(to));
        line.classList.toggle("lit", lit);
        line.classList.toggle("dim", !lit);
      }
      side.replaceChildren(details(found.nodes.get(key), found, pick));
    }
    drawing.append(svg("g", {}, lines), svg("g", {}, boxes));
    frame.size(width, height);
    return el("div", { class: "twocol" }, el("div", {}, el("div", { class: "bar" }, frame.buttons), frame.place,
      el("div", { class: "legend" }, el("span", {}, "dashed: hidden variable"), only !== null && el("span", {}, "shaded: of another table"))), side);
  }

  // Of a large database: how many columns of each table act on some of another.
  function byTable(causes) {
    const counts = new Map();
    for (const table of causes) {
      for (const column of table.columns) {
        for (const [from] of column.causes) {
          if (from !== table.table) counts.set(id(from, table.table), (counts.get(id(from, table.table)) || 0) + 1);
        }
      }
    }
    const tables = causes.map((table) => ({ table: "", name: table.table, about: null }));
    const graphOf = { nodes: new Map(tables.map((one) => [one.name, { key: one.name, table: "", column: one.name, about: null, isOther: false }])),
      edges: [...counts].map(([pair, n]) => { const [from, to] = pair.split("\u0000"); return { from, to, n }; }) };
    for (const { from } of graphOf.edges) {
      if (!graphOf.nodes.has(from)) graphOf.nodes.set(from, { key: from, table: "", column: from, about: null, isOther: false });
    }
    const below = el("div", { "aria-live": "polite" }, el("p", { class: "note unpicked" }, "Pick a table to see the causes of its columns."));
    const drawing = svg("svg", { class: "causal", role: "group", "aria-label": "Tables whose columns act on those of others" }, arrow());
    const frame = board("Causes between tables", drawing);
    const { lines, boxes, width, height } = drawn(graphOf, false, pick);

    function pick(key) {
      for (const box of boxes) box.classList.toggle("picked", box.key === key);
      for (const line of lines) {
        line.classList.toggle("lit", line.ends.includes(key));
        line.classList.toggle("dim", !line.ends.includes(key));
      }
      below.replaceChildren(el("h3", {}, name(key)), graph(causes, key));
    }
    drawing.append(svg("g", {}, lines), svg("g", {}, boxes));
    frame.size(width, height);
    return el("div", {}, el("p", { class: "note" }, "There are many columns, so that the whole is drawn by table."),
      el("div", { class: "bar" }, frame.buttons), frame.place, below);
  }

  return { graph, byTable };
})();
