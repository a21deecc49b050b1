// A board: a drawing that can be moved and zoomed by mouse, touch, wheel and keys.
"use strict";
plurel.board = (() => {
  const { el } = plurel;

  function board(label, drawing, { low = false } = {}) {
    const view = { x: 0, y: 0, w: 100, h: 100 };
    const whole = { x: 0, y: 0, w: 100, h: 100 };
    const place = el("div", { class: low ? "board low" : "board", tabindex: 0, role: "group", "aria-label": `${label}. Arrow keys move it, plus and minus zoom, 0 shows all.` },
      drawing, el("div", { class: "hint", "aria-hidden": "true" }, "drag · Ctrl or ⌘ + wheel · + − 0"));
    const apply = () => drawing.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);

    function zoom(factor, fx = 0.5, fy = 0.5) {
      const w = Math.min(Math.max(view.w * factor, 60), whole.w * 4);
      const real = w / view.w;
      view.x += view.w * fx * (1 - real);
      view.y += view.h * fy * (1 - real);
      view.w = w;
      view.h *= real;
      apply();
    }

    function fit() {
      Object.assign(view, whole);
      apply();
    }

    // A drawing of some size is shown whole if that is legible, else from its upper left on.
    function size(w, h) {
      Object.assign(whole, { x: -12, y: -12, w: w + 24, h: h + 24 });
      fit();
      requestAnimationFrame(() => {
        const scale = Math.min(1.15, place.clientWidth / whole.w);
        const most = window.innerHeight * (low ? 0.56 : 0.74);
        if (place.clientWidth) place.style.height = `${Math.round(Math.min(most, Math.max(170, whole.h * Math.max(scale, 0.55))))}px`;
        legible();
      });
    }

    function legible(least = 0.6) {
      const box = place.getBoundingClientRect();
      const scale = Math.min(box.width / whole.w, box.height / whole.h);
      if (!box.width) return;
      if (scale > 1.15) {
        Object.assign(view, { w: box.width / 1.15, h: box.height / 1.15, x: whole.x + (whole.w - box.width / 1.15) / 2, y: whole.y + (whole.h - box.height / 1.15) / 2 });
        apply();
      }
      if (scale >= least) return;
      const w = box.width / least, h = box.height / least;
      Object.assign(view, { x: whole.x, y: Math.max(whole.y, whole.y + (whole.h - h) / 2), w, h });
      apply();
    }

    const pointers = new Map();
    let moved = 0;
    place.addEventListener("pointerdown", (event) => {
      pointers.set(event.pointerId, event);
      moved = 0;
    });
    place.addEventListener("pointermove", (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const box = place.getBoundingClientRect();
      const scale = Math.max(view.w / box.width, view.h / box.height);
      if (pointers.size === 2) {
        const [a, b] = [...pointers.values()];
        const other = a.pointerId === event.pointerId ? b : a;
        const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
        zoom(apart(before) / Math.max(apart(event), 1));
      } else {
        view.x -= (event.clientX - before.clientX) * scale;
        view.y -= (event.clientY - before.clientY) * scale;
        apply();
      }
      moved += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
      if (moved > 4 && !place.hasPointerCapture(event.pointerId)) place.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, event);
    });
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
      place.addEventListener(end, (event) => pointers.delete(event.pointerId));
    }
    place.addEventListener("click", (event) => {
      if (moved > 4) event.stopPropagation();
    }, true);
    place.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = place.getBoundingClientRect();
      zoom(Math.exp(event.deltaY * 0.0022), (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    }, { passive: false });
    place.addEventListener("keydown", (event) => {
      const step = view.w * 0.1;
      const does = {
        "+": () => zoom(0.8), "=": () => zoom(0.8), "-": () => zoom(1.25), "0": fit,
        ArrowLeft: () => { view.x -= step; apply(); }, ArrowRight: () => { view.x += step; apply(); },
        ArrowUp: () => { view.y -= step; apply(); }, ArrowDown: () => { view.y += step; apply(); },
      }[event.key];
      if (does && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        does();
      }
    });
    const buttons = [
      el("button", { type: "button", "aria-label": "Zoom in", onclick: () => zoom(0.8) }, "+"),
      el("button", { type: "button", "aria-label": "Zoom out", onclick: () => zoom(1.25) }, "−"),
      el("button", { type: "button", onclick: fit }, "Show all"),
    ];
    return { place, size, buttons };
  }

  // A smooth line through points.
  function curve(points) {
    if (points.length < 2) return "";
    const at = (p) => `${p.x.toFixed(1)},${p.y.toFixed(1)}`;
    let path = `M${at(points[0])}`;
    for (let i = 1; i < points.length; i += 1) {
      const a = points[i - 1], b = points[i], reach = a.y === b.y ? 1 : Math.max(18, Math.abs(b.x - a.x) / 2);
      path += ` C${at({ x: a.x + reach, y: a.y })} ${at({ x: b.x - reach, y: b.y })} ${at(b)}`;
    }
    return path;
  }

  // A line that bends at points, whichever way it runs.
  function bend(points) {
    const at = (p) => `${p.x.toFixed(1)},${p.y.toFixed(1)}`;
    let path = `M${at(points[0])}`;
    for (let i = 1; i < points.length - 1; i += 1) {
      const next = points[i + 1], isLast = i === points.length - 2;
      const end = isLast ? next : { x: (points[i].x + next.x) / 2, y: (points[i].y + next.y) / 2 };
      path += ` Q${at(points[i])} ${at(end)}`;
    }
    return points.length < 3 ? `${path} L${at(points[points.length - 1])}` : path;
  }

  return { board, curve, bend };
})();
