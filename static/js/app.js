// What pages do beyond links and forms. Every page works without this file.
(() => {
  "use strict";
  const root = document.documentElement;
  const find = (selector, from = document) => from.querySelector(selector);
  const remember = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* storage is switched off */ } },
  };

  function announce(text) {
    const region = find("#announcer");
    if (!region || !text) return;
    region.textContent = "";
    setTimeout(() => { region.textContent = text; }, 50); // a change screen readers notice
  }

  // --- Theme ----------------------------------------------------------------
  const isDark = () => root.dataset.theme
    ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  function startTheme() {
    const button = find("#theme");
    if (!button) return;
    const show = () => button.setAttribute("aria-pressed", String(isDark()));
    button.hidden = false;
    show();
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember.set("theme", root.dataset.theme);
      show();
    });
  }

  // --- Menus: one open at a time, closed by Escape or a click elsewhere ----------
  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (menu !== except && !menu.contains(except)) menu.open = false;
    });
  }

  function startMenus() {
    document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      const open = document.activeElement?.closest("details.menu[open]");
      closeMenus();
      open?.querySelector("summary").focus();
      if (location.hash === "#nav") { location.hash = "#main"; find("[data-open-nav]")?.focus(); }
    });
    addEventListener("hashchange", () => { if (location.hash === "#nav") find("#nav .nav-item")?.focus(); });
  }

  // --- Keyboard ---------------------------------------------------------------
  const PLACES = { m: "/pilots/?owner=me", s: "/summary/", p: "/pilots/", k: "/kpis/", d: "/decisions/" };
  const writes = (element) => element?.closest("input:not(.pick), select, textarea, [contenteditable='true'], dialog[open]");
  let afterG = 0;

  function moveRow(step) {
    const rows = [...document.querySelectorAll("[data-rows] a.name, [data-rows] [data-row]")];
    if (!rows.length) return;
    const here = rows.findIndex((row) => row === document.activeElement || row.closest("tr, li")?.contains(document.activeElement));
    rows[Math.min(Math.max(here + step, 0), rows.length - 1)].focus();
  }

  function pick() { document.activeElement?.closest("tr")?.querySelector(".pick")?.click(); }

  function openShortcuts() {
    const dialog = find("#shortcuts");
    if (dialog && !dialog.open) dialog.showModal();
  }

  function onKey(event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && find("#search")) {
      event.preventDefault();
      find("#search").focus();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target) || remember.get("single-keys") === "off") return;
    if (Date.now() - afterG < 1200 && PLACES[event.key]) { location.assign(PLACES[event.key]); return; }
    afterG = event.key === "g" ? Date.now() : 0;
    const act = { "/": () => (find("[data-filter]") || find("#search"))?.focus(), "?": openShortcuts, j: () => moveRow(1), k: () => moveRow(-1), x: pick }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  function startKeyboard() {
    document.addEventListener("keydown", onKey);
    // Also without the key: who has switched the keys off must be able to switch them on.
    document.querySelectorAll("[data-shortcuts]").forEach((button) => { button.hidden = false; button.addEventListener("click", openShortcuts); });
    const box = find("#single-keys");
    if (!box) return;
    box.checked = remember.get("single-keys") !== "off";
    box.addEventListener("change", () => remember.set("single-keys", box.checked ? "on" : "off"));
  }

  // --- Picking rows: how many, and all of them at once -----------------------------
  function startPicking() {
    const boxes = () => [...document.querySelectorAll(".pick")];
    const show = () => {
      const count = find("[data-picked]"), all = find("#bulk [name='all']");
      if (!count) return;
      const picked = all.checked ? Number(find("#bulk [name='matching']").value) : boxes().filter((box) => box.checked).length;
      count.textContent = picked ? `${picked.toLocaleString("en-GB")} selected` : "Nothing selected";
    };
    document.addEventListener("change", (event) => {
      const box = event.target, all = find("#bulk [name='all']");
      if (box === all) boxes().forEach((one) => { one.checked = all.checked; });
      else if (box.matches?.(".pick") && !box.checked && all) all.checked = false;
      show();
    });
    document.addEventListener("reset", () => setTimeout(show));
    document.addEventListener("htmx:afterSettle", show);
    show();
  }

  // --- Forms: nothing typed is lost, nothing is sent twice ----------------------
  function startForms() {
    const changed = new Set();
    document.addEventListener("input", (event) => {
      const form = event.target.form;
      if (form?.matches("[data-guard]")) changed.add(form);
    });
    document.addEventListener("submit", (event) => {
      const form = event.target;
      changed.delete(form);
      if (form.method !== "post" || form.matches("[hx-post]")) return;
      if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 3000) event.preventDefault();
      form.dataset.sent = String(Date.now());
    });
    document.addEventListener("change", (event) => {
      if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
    });
    document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; });
    document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });
    addEventListener("beforeunload", (event) => {
      if ([...changed].some((form) => form.isConnected)) event.preventDefault();
    });
    addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
    document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) changed.delete(event.target); });
  }

  // --- htmx: where the focus goes, and what is said when it fails ---------------
  function failed(element, sentence) {
    const form = element.closest("form") || element;
    const old = form.parentElement.querySelector(":scope > .not-saved");
    const bar = document.createElement("div");
    bar.className = "notice bad not-saved";
    bar.setAttribute("role", "alert");
    const words = document.createElement("div");
    words.textContent = sentence;
    const again = document.createElement("button");
    again.type = "button";
    again.className = "button small";
    again.textContent = "Try again";
    again.addEventListener("click", () => { bar.remove(); form.requestSubmit ? form.requestSubmit() : element.click(); });
    bar.append(words, again);
    if (old) old.replaceWith(bar); else form.before(bar);
  }

  // What asks again by itself says so in its own words (meeting mode).
  const asksAgain = (event) => event.detail.requestConfig?.elt?.closest("[data-reconnects]");
  const isWrite = (event) => event.detail.requestConfig?.verb !== "get";
  const reason = (event, why) => `${isWrite(event) ? "Not saved" : "Not loaded"}: ${why} ${isWrite(event) ? "What you typed is still here." : ""}`.trim();

  function startHtmx() {
    document.addEventListener("htmx:beforeSwap", (event) => {
      const login = document.body.dataset.login;
      const signedOut = event.detail.xhr.status === 401 || (login && event.detail.xhr.responseURL.includes(login));
      if (!signedOut) return;
      event.detail.shouldSwap = false;
      failed(event.detail.requestConfig.elt, reason(event, "you have been signed out. Sign in in another tab, then try again."));
    });
    document.addEventListener("htmx:responseError", (event) => {
      if (event.detail.xhr.status === 401 || (asksAgain(event) && event.detail.xhr.status >= 502)) return;
      const number = event.detail.xhr.getResponseHeader("X-Request-ID");
      failed(event.detail.requestConfig.elt, reason(event, `the server could not answer${number ? ` (request ${number})` : ""}.`));
    });
    document.addEventListener("htmx:sendError", (event) => asksAgain(event) || failed(event.detail.requestConfig.elt, reason(event, "there is no connection.")));
    document.addEventListener("htmx:timeout", (event) => asksAgain(event) || failed(event.detail.requestConfig.elt, reason(event, "the server took too long.")));
    document.addEventListener("htmx:beforeRequest", (event) =>
      event.detail.elt.closest("form")?.parentElement.querySelector(":scope > .not-saved")?.remove());
    document.addEventListener("htmx:afterSettle", (event) => {
      const swapped = event.detail.elt;
      const target = swapped.matches("[data-focus]") ? swapped : find("[data-focus]", swapped);
      if (target) target.focus();
      const said = swapped.matches("[data-announce]") ? swapped : find("[data-announce]", swapped);
      if (said) announce(said.dataset.announce);
    });
  }

  startTheme();
  startMenus();
  startKeyboard();
  startPicking();
  startForms();
  startHtmx();
  find(".error-summary")?.focus();
})();
