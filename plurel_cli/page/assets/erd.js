// The schema as an entity-relationship diagram: a card a table, parents to the left of children,
// and a line a foreign key, with crow's feet that say how many rows there are at either end.
"use strict";
plurel.erd = (() => {
  const { el, svg, number } = plurel;
  const { board, curve, bend } = plurel.board;
  const LINE = 17, HEAD = 40, PAD = 9, MOST = 14, REACH = 22;
  const pen = document.createElement("canvas").getContext("2d");

  function width(text, font) {
    pen.font = font;
    return pen.measureText(text).width;
  }

  const short = (text, most = 26) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

  // Which lines of a card are shown: keys and time first, then others as far as there is room.
  function lines(table, everything) {
    const keys = table.columns.filter((one) => one.role !== "feature" && one.role !== "hidden");
    const others = table.columns.filter((one) => one.role === "feature");
    const room = everything ? Math.max(0, MOST - keys.length) : 0;
    const shown = [...keys, ...others.slice(0, room)];
    const left = others.length - Math.min(room, others.length);
    const marks = { primary_key: "PK", foreign_key: "FK", time: "T" };
    const rows = shown.map((one) => ({ name: one.name, mark: marks[one.role] || "", text: short(one.name), type: one.type.replace("datetime", "time").replace(/\[.*\]/, "") + (one.nullable ? "?" : "") }));
    if (left) rows.push({ name: null, mark: "", text: `${left} more`, type: "" });
    return rows;
  }

  function size(table, rows) {
    const mono = "12px DejaVu Sans Mono, monospace", bold = "600 13px system-ui, DejaVu Sans, sans-serif";
    const widest = Math.max(width(short(table.name, 30), bold) + 10, width(`${table.kind} · ${number(table.rows)} rows`, "11px DejaVu Sans, sans-serif"),
      ...rows.map((row) => width(row.text, mono) + width(row.type, mono) + 44));
    return { width: Math.ceil(widest) + 2 * PAD, height: HEAD + rows.length * LINE + PAD };
  }

  // Where one rank would be very high, children of every second or third table move on by a rank.
  function layout(tables, keys, everything) {
    const first = placed(tables, keys, everything, 1);
    const { width: w, height: h } = first.graph.graph();
    return h < 1.3 * w ? first : placed(tables, keys, everything, Math.min(4, Math.ceil(Math.sqrt(h / w))));
  }

  function placed(tables, keys, everything, steps) {
    const graph = new dagre.graphlib.Graph({ multigraph: true });
    graph.setGraph({ rankdir: "LR", nodesep: 20, ranksep: 76, edgesep: 12 });
    graph.setDefaultEdgeLabel(() => ({}));
    const rows = new Map(tables.map((table) => [table.name, lines(table, everything)]));
    for (const table of tables) graph.setNode(table.name, size(table, rows.get(table.name)));
    keys.forEach((key, i) => {
      const moved = tables.findIndex((table) => table.name === key.child) % steps;
      if (key.parent !== key.child) graph.setEdge(key.parent, key.child, { minlen: 1 + moved }, String(i));
    });
    dagre.layout(graph);
    const ranks = new Map();  // half the width of the widest card, by the middle of a rank
    for (const one of graph.nodes()) {
      const { x, width: w } = graph.node(one);
      ranks.set(Math.round(x), Math.max(ranks.get(Math.round(x)) || 0, w / 2));
    }
    return { graph, rows, ranks };
  }

  // The ends of a line: one or many, and whether there may be none.
  function foot(x, y, side, isMany, mayBeNone) {
    const at = (dx) => x + side * dx;
    const parts = isMany
      ? [svg("path", { class: "foot", d: `M${at(11)},${y} L${x},${y - 6} M${at(11)},${y} L${x},${y + 6}` })]
      : [svg("path", { class: "foot", d: `M${at(6)},${y - 6} V${y + 6}` })];
    if (mayBeNone) parts.push(svg("circle", { class: "foot", cx: at(isMany ? 15 : 13), cy: y, r: 4 }));
    else parts.push(svg("path", { class: "foot", d: `M${at(isMany ? 14 : 10)},${y - 6} V${y + 6}` }));
    return parts;
  }

  function lineY(node, rows, column) {
    const index = rows.findIndex((row) => row.name === column);
    return node.y - node.height / 2 + (index < 0 ? HEAD / 2 : HEAD + index * LINE + LINE / 2);
  }

  // A line passes the cards of each rank between its ends on the level, so that it crosses none.
  function edge(key, i, { graph, rows, ranks }, tables) {
    const parent = graph.node(key.parent), child = graph.node(key.child);
    const primary = tables.find((table) => table.name === key.parent).primary_key;
    const y0 = lineY(parent, rows.get(key.parent), primary), y1 = lineY(child, rows.get(key.child), key.column);
    const right = parent.x + parent.width / 2;
    const group = svg("g", { class: "key" },
      svg("title", {}, `${key.child}.${key.column} → ${key.parent}${key.nullable ? ", may be null" : ""}: ${key.form}`));
    const parentEnd = (side, x, y) => foot(x, y, side, false, key.nullable);
    const childEnd = (side, x, y) => foot(x, y, side, !key.one_child, true);
    if (key.parent === key.child) {
      const path = `M${right},${y0} C${right + 46},${y0} ${right + 46},${y1} ${right},${y1}`;
      group.append(svg("path", { class: "edge", d: path }), ...parentEnd(1, right, y0), ...childEnd(1, right, y1));
      return group;
    }
    const left = child.x - child.width / 2;
    const between = graph.edge(key.parent, key.child, String(i)).points.slice(1, -1).flatMap(({ x, y }) => {
      const half = ranks.get(Math.round(x));
      return half === undefined || x <= right || x >= left ? [] : [{ x: x - half, y }, { x: x + half, y }];
    });
    const path = `M${right},${y0} H${right + REACH} ${curve([{ x: right + REACH, y: y0 }, ...between, { x: left - REACH, y: y1 }]).replace("M", "L")} H${left}`;
    group.append(svg("path", { class: "edge", d: path }), ...parentEnd(1, right, y0), ...childEnd(-1, left, y1));
    return group;
  }

  function card(table, node, rows, open) {
    const x = node.x - node.width / 2, y = node.y - node.height / 2;
    const text = (kind, dx, dy, words, anchor) => svg("text", { class: kind, x: x + dx, y: y + dy, "text-anchor": anchor }, words);
    return svg("g", { class: "table", tabindex: 0, role: "button", "data-name": table.name,
      onclick: () => open(table.name), onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(table.name); } } },
      svg("title", {}, `${table.name}: ${table.columns.length} columns`),
      svg("rect", { class: "box", x, y, width: node.width, height: node.height, rx: 5 }),
      svg("path", { class: table.kind, d: `M${x},${y + HEAD - 2} V${y + 5} Q${x},${y} ${x + 5},${y} H${x + node.width - 5} Q${x + node.width},${y} ${x + node.width},${y + 5} V${y + HEAD - 2} Z` }),
      text("name", PAD, 17, short(table.name, 30)), text("rows", PAD, 32, `${table.kind} · ${number(table.rows)} rows`),
      rows.map((row, i) => {
        const dy = HEAD + i * LINE + 13;
        return [row.mark && text("type", PAD, dy, row.mark), text(row.name ? "" : "type", PAD + 24, dy, row.text),
          text("type", node.width - PAD, dy, row.type, "end")];
      }));
  }

  function diagram(data, open) {
    const many = data.tables.length > 12;
    const drawing = svg("svg", { class: "erd", role: "group", "aria-label": "Tables and foreign keys" });
    const frame = board("The schema", drawing);
    const all = el("button", { type: "button", "aria-pressed": String(!many), onclick: () => {
      const next = all.getAttribute("aria-pressed") !== "true";
      all.setAttribute("aria-pressed", String(next));
      draw(next);
    } }, "All columns");

    function draw(everything) {
      const whole = layout(data.tables, data.keys, everything), { graph, rows } = whole;
      const edges = svg("g", {}), cards = svg("g", {});
      data.keys.forEach((key, i) => {
        const line = edge(key, i, whole, data.tables);
        line.ends = [key.parent, key.child];
        edges.append(line);
      });
      for (const table of data.tables) {
        const one = card(table, graph.node(table.name), rows.get(table.name), open);
        const light = (on) => {
          const near = new Set([table.name]);
          for (const line of edges.children) {
            const isOf = line.ends.includes(table.name);
            if (isOf) line.ends.forEach((end) => near.add(end));
            line.classList.toggle("lit", on && isOf);
            line.classList.toggle("dim", on && !isOf);
          }
          for (const other of cards.children) other.classList.toggle("dim", on && !near.has(other.table));
        };
        one.table = table.name;
        for (const [event, on] of [["pointerenter", true], ["pointerleave", false], ["focus", true], ["blur", false]]) {
          one.addEventListener(event, () => light(on));
        }
        cards.append(one);
      }
      drawing.replaceChildren(edges, cards);
      const box = graph.graph();
      frame.size(box.width, box.height);
    }
    draw(!many);
    const ends = (isMany, none) => svg("svg", { width: 34, height: 16, viewBox: "0 0 34 16", class: "erd", "aria-hidden": "true" },
      svg("path", { class: "edge", d: "M6,8 H34" }), foot(6, 8, 1, isMany, none));
    const legend = el("div", { class: "legend" },
      ["entity", "event", "detail", "junction"].map(plurel.kindBadge),
      el("span", {}, ends(false, false), " exactly one"), el("span", {}, ends(false, true), " none or one"),
      el("span", {}, ends(true, true), " any number"), el("span", {}, "PK primary key, FK foreign key, T time of the row, type? may be null"));
    return [el("div", { class: "bar" }, frame.buttons, all), frame.place, legend];
  }

  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) draw(entry.target);
  }, { rootMargin: "300px" });

  function draw(picture) {
    watcher.unobserve(picture);
    if (!picture.firstChild) picture.fill();
  }

  // A small picture of a schema, boxes and lines alone, laid out when it comes into sight.
  function thumbnail(tables, keys, label) {
    const picture = svg("svg", { class: "erd", role: "img", "aria-label": label });
    picture.fill = () => fillThumbnail(picture, tables, keys);
    watcher.observe(picture);
    return picture;
  }

  function drawAll(root) {
    for (const picture of root.querySelectorAll("svg.erd")) if (picture.fill) draw(picture);
  }

  function fillThumbnail(picture, tables, keys) {
    const graph = new dagre.graphlib.Graph({ multigraph: true });
    graph.setGraph({ rankdir: "LR", nodesep: 4, ranksep: 26, edgesep: 2 });
    graph.setDefaultEdgeLabel(() => ({}));
    tables.forEach((_, i) => graph.setNode(String(i), { width: 16, height: 8 }));
    keys.forEach(([parent, child], i) => {
      if (parent !== child) graph.setEdge(String(parent), String(child), {}, String(i));
    });
    dagre.layout(graph);
    const lines = graph.edges().map((one) => svg("path", { d: bend(graph.edge(one).points) }));
    const boxes = graph.nodes().map((one) => {
      const node = graph.node(one);
      return svg("rect", { class: tables[Number(one)], x: node.x - 8, y: node.y - 4, width: 16, height: 8, rx: 1.5 });
    });
    const { width: w, height: h } = graph.graph();
    // Lines may leave the box that the layout states.
    const ys = graph.edges().flatMap((one) => graph.edge(one).points.map((point) => point.y));
    const top = Math.min(0, ...ys), bottom = Math.max(h, ...ys);
    picture.setAttribute("viewBox", `-3 ${top - 3} ${w + 6} ${bottom - top + 6}`);
    picture.append(...lines, ...boxes);
  }

  return { diagram, thumbnail, drawAll };
})();
