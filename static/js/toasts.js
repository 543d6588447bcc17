// The toast region. Undo toasts count down on the server's time and go when their hold ends; `z` submits the newest.
import { $, $$, delegate, serverNow } from "./page.js";
import { onKey } from "./keys.js";

const PLAIN_MS = 10_000;
const gone = new WeakMap();

/** Say that something went wrong, in the region; stays until dismissed. `retry` does it again. */
export function toast(title, detail = "", retry = null) {
  const template = $("#tpl-toast"), region = $("#toasts");
  if (!template || !region) return;
  // Said already: once is enough, with the newest way to try again.
  for (const old of $$(".toast-error", region)) if ($("b", old)?.textContent === title && $(".sub", old)?.textContent === detail) old.remove();
  const node = template.content.cloneNode(true), again = $("[data-toast-retry]", node);
  $("b", node).textContent = title;
  $(".sub", node).textContent = detail;
  again.hidden = !retry;
  if (retry) again.addEventListener("click", () => { again.closest("[data-toast]")?.remove(); retry(); });
  region.append(node);
}

function tick() {
  const now = serverNow();
  for (const one of $$("#toasts > [data-toast]")) {
    const until = one.dataset.until ? Date.parse(one.dataset.until) : 0;
    if (until) {
      if (!one.dataset.whole) one.dataset.whole = String(Math.max(1, until - now));
      const left = until - now;
      const text = $("[data-left]", one);
      if (text) text.textContent = `${Math.max(0, Math.ceil(left / 1000))} s`;
      $(".arc", one)?.setAttribute("stroke-dasharray", `${Math.max(0, (100 * left) / Number(one.dataset.whole))} 100`);
      if (left <= 0) one.remove();
    } else if (!one.matches(".toast-error, .toast-warning")) {
      if (!gone.has(one)) gone.set(one, performance.now() + PLAIN_MS);
      if (performance.now() > gone.get(one) && !one.matches(":hover, :focus-within")) one.remove();
    }
  }
}
setInterval(tick, 250);

delegate("click", "[data-toast-close]", (event, button) => button.closest("[data-toast]")?.remove());
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.detail.elt.matches?.("form[data-undo]")) event.detail.elt.closest("[data-toast]")?.remove();
});

onKey("anywhere", "undo", () => {
  const newest = $$("#toasts form[data-undo]").at(-1);
  if (!newest) return false;
  newest.requestSubmit();
  return true;
});

// A whole page swapped in brings an empty region: what still counts down moves over.
let kept = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target === document.body && event.detail.shouldSwap) kept = $$("#toasts > [data-until]");
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== document.body) return;
  const undos = new Set($$("#toasts form[data-undo]").map((form) => form.action));
  $("#toasts")?.prepend(...kept.filter((one) => !undos.has($("form[data-undo]", one)?.action)));
  kept = [];
});
