// Meeting mode: turn items with the arrows, choose with 1 to 5, record with Ctrl Enter, follow who presents.
// Everything here is also a button or a link.
(() => {
  "use strict";
  const find = (selector, from = document) => from.querySelector(selector);
  const writes = (element) => element?.closest("input:not([type='radio']):not([type='checkbox']), select, textarea, dialog[open]");
  const stored = (storage, act) => { try { return act(window[storage]); } catch { return null; } }; // storage may be switched off
  const keysAreOff = () => stored("localStorage", (kept) => kept.getItem("single-keys")) === "off";

  // --- Keyboard -----------------------------------------------------------------
  function choose(number) {
    const form = find("[data-decide]") || find("[data-vote]");
    const radio = form?.querySelectorAll("input[type='radio'][name='outcome']")[number - 1];
    if (!radio || radio.disabled) return;
    radio.checked = true;
    radio.focus();
    for (const type of ["input", "change"]) radio.dispatchEvent(new Event(type, { bubbles: true })); // as a click does
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const form = event.target.closest("form") || find("[data-decide]");
      if (form) { event.preventDefault(); form.requestSubmit(find("[name='confirm']", form) || undefined); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target) || keysAreOff()) return;
    const arrow = { ArrowLeft: "left", ArrowRight: "right" }[event.key];
    if (arrow && event.target.type !== "radio") find(`[data-key-arrow="${arrow}"]`)?.click();
    if (/^[1-5]$/.test(event.key)) { event.preventDefault(); choose(Number(event.key)); }
  });

  // --- Following: who looks at the item that is shown goes along, unless something has been typed here --------
  const typedIn = new Set();
  document.addEventListener("input", (event) => { if (event.target.form) typedIn.add(event.target.form); });
  const isTyping = () => [...typedIn].some((form) => form.isConnected);
  let follows = !find("[data-follow]"); // another item was opened on purpose: stay there

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "sitting-now") return;
    const link = find("[data-follow]", event.target);
    if (!link) follows = true;
    else if (follows && !isTyping()) location.assign(link.href);
  });

  // --- A lost connection: a vote that could not be sent is kept, and sent once the server answers again -------
  const lost = find("[data-reconnecting]");
  const key = (form) => `vote ${form.action}`;
  const ours = (event) => event.detail.requestConfig?.elt?.closest("[data-reconnects]"); // by now it may have been swapped

  function keep(form) {
    const said = Object.fromEntries([...new FormData(form)].filter(([name]) => ["outcome", "comment"].includes(name)));
    stored("sessionStorage", (kept) => kept.setItem(key(form), JSON.stringify(said)));
  }

  function kept(form) { return JSON.parse(stored("sessionStorage", (kept) => kept.getItem(key(form))) || "null"); }
  function forget(form) { stored("sessionStorage", (kept) => kept.removeItem(key(form))); }

  function sendWhatIsKept() {
    const form = find("[data-vote]"), said = form && kept(form);
    if (!said) return;
    const radio = find(`[name="outcome"][value="${said.outcome}"]`, form);
    if (radio) radio.checked = true;
    find("[name='comment']", form).value = said.comment || "";
    typedIn.add(form); // until it has arrived nobody is taken elsewhere
    form.requestSubmit();
  }

  function isGone(event) {
    const asked = ours(event);
    if (!asked) return;
    lost.hidden = false;
    if (asked.matches("[data-vote]")) keep(asked);
  }

  document.addEventListener("htmx:sendError", isGone);
  document.addEventListener("htmx:timeout", isGone);
  document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status >= 502) isGone(event); });
  addEventListener("offline", () => { if (lost) lost.hidden = false; });
  document.addEventListener("htmx:afterRequest", (event) => {
    const asked = ours(event), status = event.detail.xhr?.status || 0;
    if (!asked || !status || status >= 502) return;
    const wasLost = !lost.hidden;
    lost.hidden = true;
    if (asked.matches("[data-vote]")) { forget(asked); typedIn.delete(asked); }
    else if (wasLost) sendWhatIsKept();
  });
  sendWhatIsKept();

  // --- The time of the item: how much of it has gone --------------------------------------------------------
  const clock = find("[data-spent]");
  if (clock) {
    const began = performance.now() - Number(clock.dataset.spent) * 1000, given = Number(clock.dataset.given);
    const read = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const tick = () => {
      const spent = Math.floor((performance.now() - began) / 1000);
      clock.textContent = `${read(spent)} of ${read(given)}${spent > given ? `, ${read(spent - given)} over` : ""}`;
      clock.parentElement.classList.toggle("over", spent > given);
    };
    tick();
    setInterval(tick, 1000);
  }
})();
