// How elements are made and values written. Whatever comes from a database is text: it enters the
// page as textContent or as an attribute's value, never as markup. What would change the order or
// look of the text around it (controls, marks of direction) is shown by its number.
"use strict";
const plurel = (() => {
  const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

  function visible(text) {
    return text.replace(UNSEEN, (c) => `\u27e8${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}\u27e9`);
  }

  function cleaned(value) {
    if (typeof value === "string") return visible(value);
    if (Array.isArray(value)) return value.map(cleaned);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, cleaned(one)]));
  }

  const SVG = "http://www.w3.org/2000/svg";

  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
    }
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined && child !== false) {
        element.append(child instanceof Node ? child : document.createTextNode(String(child)));
      }
    }
    return element;
  }

  const el = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
  const svg = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);
  const name = (text) => el("bdi", {}, text);

  const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
  const SHORT = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 5 });

  function number(value) {
    if (value === null || value === undefined) return "–";
    if (typeof value !== "number") return value;
    if (Number.isInteger(value)) return WHOLE.format(value);
    const size = Math.abs(value);
    return size !== 0 && (size < 1e-4 || size >= 1e12) ? value.toExponential(3) : SHORT.format(value);
  }

  function percent(share) {
    if (share === null || share === undefined) return "–";
    if (share > 0 && share < 0.001) return "<0.1%";
    return `${Number((100 * share).toFixed(1))}%`;
  }

  function facts(pairs) {
    return el("dl", { class: "facts" }, pairs.map(([label, value]) =>
      el("div", {}, el("dt", {}, label), el("dd", {}, value instanceof Node ? value : name(value)))));
  }

  // A table of rows; columns are [title, cell of a row, whether it is a number].
  function grid(caption, columns, rows) {
    return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
      el("table", {},
        el("thead", {}, el("tr", {}, columns.map(([title, , isNumber]) =>
          el("th", { scope: "col", class: isNumber ? "n" : null }, title)))),
        el("tbody", {}, rows.map((row) => el("tr", {}, columns.map(([, cell, isNumber]) => {
          const value = cell(row);
          return el("td", { class: isNumber ? "n" : null },
            isNumber && typeof value === "number" ? number(value) : value instanceof Node ? value : name(value ?? "–"));
        }))))));
  }

  const kindBadge = (kind) => el("span", { class: `badge kind ${kind}` }, kind);

  return { visible, cleaned, el, svg, name, number, percent, facts, grid, kindBadge };
})();
