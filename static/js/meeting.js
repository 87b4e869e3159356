// Meeting mode: turn items with the arrows, choose with 1 to 5, record with Ctrl Enter, follow the presenter.
// Everything here is also a button or a link.
(() => {
  "use strict";
  const find = (selector, from = document) => from.querySelector(selector);
  const writes = (element) => element?.closest("input:not([type='radio']):not([type='checkbox']), select, textarea, dialog[open]");
  const keysAreOff = () => { try { return localStorage.getItem("single-keys") === "off"; } catch { return false; } };
  let typed = false;

  function choose(number) {
    const form = find("[data-decide]") || find("#h-vote")?.parentElement;
    const radio = form?.querySelectorAll("input[type='radio'][name='outcome']")[number - 1];
    if (!radio || radio.disabled) return;
    radio.checked = true;
    radio.focus();
    for (const type of ["input", "change"]) radio.dispatchEvent(new Event(type, { bubbles: true })); // as a click does
  }

  document.addEventListener("input", () => { typed = true; });
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

  // Who follows goes along, unless something has been typed here; then the link stays and nothing is lost.
  document.addEventListener("htmx:afterSettle", (event) => {
    const link = find("[data-follow]", event.detail.elt);
    if (link && !typed) location.assign(link.href);
  });

  function count() {
    const clock = find("[data-countdown]");
    if (!clock) return;
    const left = Math.round((new Date(clock.dateTime) - Date.now()) / 1000);
    const minutes = Math.floor(Math.abs(left) / 60), seconds = String(Math.abs(left) % 60).padStart(2, "0");
    clock.textContent = `${clock.dataset.until}, ${minutes}:${seconds} ${left < 0 ? "over" : "left"}`;
  }
  const clock = find("[data-countdown]");
  if (clock) { clock.dataset.until = clock.textContent; count(); setInterval(count, 1000); }
})();
