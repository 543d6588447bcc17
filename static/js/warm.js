// The text of the likely next case is fetched after each claim, so that `n` shows it at once while its page is on the way (HTX-12). More: docs/markup.md.
import { $, root, send } from "./page.js";

const QUIET_MS = 500, FRESH_MS = 300_000;
let kept = null, timer = 0;

async function warm() {
  const place = $("[data-warm-url]");
  if (!place || document.hidden || root.dataset.blocked) return;
  const answer = await send(place.dataset.warmUrl, { method: "GET", headers: { "HX-Request": "true" } });
  const text = answer?.status === 200 ? await answer.text() : "";
  const holder = document.createElement("template");
  holder.innerHTML = text;
  const shown = holder.content.firstElementChild;
  kept = shown ? { shown, key: shown.dataset.key, at: performance.now() } : null;
  root.dataset.warm = kept?.key ?? "";
}
const soon = () => { clearTimeout(timer); timer = setTimeout(warm, QUIET_MS); };
const opened = () => { if ($("[data-warm-url]") && $("[data-lease-url]")) soon(); };

// The server says which case it is; only then is the text shown, and the page takes its place as soon as it comes.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const where = event.detail.xhr.getResponseHeader("HX-Location") ?? "";
  const key = where.match(/\/c\/([^/?"]+)\/[?"]/)?.[1] ?? where.match(/\/c\/([^/?"]+)\/$/)?.[1];
  if (!key || kept?.key !== key || performance.now() - kept.at > FRESH_MS) return;
  const main = $("#main");
  main.className = "page-doc";
  main.setAttribute("aria-busy", "true");
  main.replaceChildren(kept.shown);
  $("h1", main).focus();
  kept = null;
});
document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful && /\/claim\/$/.test(event.detail.requestConfig?.path ?? "")) soon(); });
document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.elt === document.body) opened(); });
opened();
