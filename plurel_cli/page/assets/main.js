// The page: its head, its tabs, and the view that its address names.
"use strict";
(async () => {
  const { el, name } = plurel;
  let given = JSON.parse(document.getElementById("data").textContent);
  if (given.gzip) {
    const bytes = Uint8Array.from(atob(given.gzip), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    given = JSON.parse(await new Response(stream).text());
  }
  const data = plurel.cleaned(given.report);
  plurel.charts.begin(given.charts);
  const views = plurel[data.kind].views(data);
  const main = document.getElementById("main"), tabs = document.getElementById("tabs");

  function themed(theme) {
    document.documentElement.dataset.theme = theme;
    plurel.charts.redraw();
  }
  const wanted = new URLSearchParams(location.search).get("theme");
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  document.documentElement.dataset.theme = wanted || (prefersDark.matches ? "dark" : "light");
  prefersDark.addEventListener("change", () => themed(prefersDark.matches ? "dark" : "light"));
  const switcher = el("button", { type: "button", class: "noprint", onclick: () =>
    themed(document.documentElement.dataset.theme === "dark" ? "light" : "dark") }, "Light / dark");

  document.title = data.title;
  document.getElementById("head").append(
    el("div", { class: "top" }, el("h1", {}, name(data.title)), switcher), plurel.facts(data.facts));
  document.getElementById("foot").append(el("p", {}, data.foot));
  for (const [id, title] of views) tabs.append(el("a", { href: `#${id}`, id: `tab-${id}` }, title));

  function section([id, title, content], chosen, isPrint) {
    return el("section", { "aria-label": title, id: `view-${id}` }, content(chosen, isPrint));
  }

  function show() {
    const [id, ...rest] = location.hash.slice(1).split("/");
    const view = views.find(([other]) => other === id) || views[0];
    for (const tab of tabs.children) {
      if (tab.id === `tab-${view[0]}`) {
        tab.setAttribute("aria-current", "page");
        tabs.scrollLeft = tab.offsetLeft + tab.offsetWidth / 2 - tabs.offsetLeft - tabs.clientWidth / 2;
      }
      else tab.removeAttribute("aria-current");
    }
    let chosen = null;
    try { chosen = decodeURIComponent(rest.join("/")) || null; } catch { /* an address that nobody made */ }
    main.replaceChildren(section(view, chosen, false));
    plurel.charts.redraw();
    if (id) window.scrollTo(0, 0);
  }
  window.addEventListener("hashchange", () => { show(); main.focus({ preventScroll: true }); });

  // All views, one after another, with every chart drawn, as print has them.
  function everything() {
    main.replaceChildren(...views.map((view) => section(view, null, true)));
    plurel.charts.renderAll(main);
    plurel.erd.drawAll(main);
  }
  window.addEventListener("beforeprint", () => { document.documentElement.dataset.theme = "light"; everything(); });
  window.addEventListener("afterprint", show);
  if (new URLSearchParams(location.search).has("all")) everything();
  else show();
  document.documentElement.dataset.ready = "yes";
})();
