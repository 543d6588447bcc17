// HX-Trigger {"say": …} goes to the live region; answers that htmx would drop become words.
import { $, $$, delegate, facts, hasEnded, say, word } from "./page.js";
import { toast } from "./toasts.js";
import { openWith } from "./dialogs.js";

document.addEventListener("say", (event) => say(event.detail?.text ?? event.detail?.value ?? ""));

document.addEventListener("htmx:configRequest", (event) => {
  const token = $("meta[name=csrf-token]")?.content;
  if (token) event.detail.headers["X-CSRFToken"] = token;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (hasEnded(xhr.responseURL)) { event.detail.shouldSwap = false; return; }
  // A refusal says itself where it is to be shown.
  if (xhr.status >= 400 && xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
});

// -- the session is over (ux.md §10): sign in beside this page, then go on in it. It takes the new session's token, if it is the same person's.
let ended = false, asked = 0;
document.addEventListener("session:ended", () => {
  const words = $("#tpl-signin");
  if (!words || $("dialog[open]") || (asked && performance.now() - asked < 60_000)) return;
  ended = true;
  asked = performance.now();
  openWith(words.content.cloneNode(true));
});
async function resume() {
  if (!ended || document.hidden) return;
  const answer = await fetch(facts().helpUrl, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok || new URL(answer.url).pathname === facts().signIn) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if ($("#page", fresh)?.dataset.viewer !== facts().viewer) { location.reload(); return; }
  const token = $("meta[name=csrf-token]", fresh)?.content ?? "";
  $("meta[name=csrf-token]").content = token;
  for (const field of $$("input[name=csrfmiddlewaretoken]")) field.value = token;
  ended = false;
  asked = 0;
  if ($("#dlg [data-signed-out]")) $("#dlg").close();
  say(word("signed_in"));
  document.dispatchEvent(new CustomEvent("live:refresh"));
}
window.addEventListener("focus", resume);
document.addEventListener("visibilitychange", resume);
delegate("click", "[data-signed-in]", (event) => { event.preventDefault(); resume(); });

// -- what failed: said beside what was tried, with what was typed still there and a way to try again (ux.md §10)
function again(detail) {
  const { elt, requestConfig, target } = detail;
  if (!elt?.isConnected) return null;
  const form = elt.closest("form");
  if (form?.method === "post") return () => form.requestSubmit();
  const { verb, path } = requestConfig ?? {};
  return path ? () => window.htmx.ajax(verb.toUpperCase(), path, { source: elt, target, swap: detail.swap ?? elt.getAttribute("hx-swap") ?? (target?.id === "dlg" || target?.hasAttribute("data-panel") ? "innerHTML" : "morph") }) : null;
}
function failed(title, detail, request, retry = again(request)) {
  const { elt, target, requestConfig } = request;
  if (requestConfig?.verb === "get" && elt?.hasAttribute?.("data-live-url")) return; // it is asked again by itself; the old words stay
  const form = elt?.closest?.("dialog form");
  if (form) {
    const place = $(".form-failed", form) ?? Object.assign(document.createElement("p"), { className: "form-failed" });
    place.setAttribute("role", "alert");
    place.textContent = [title, detail].filter(Boolean).join(" ");
    ($(".dlg-foot, .form-foot", form) ?? form).before?.(place);
    return;
  }
  const panel = target?.closest?.("[data-panel]");
  if (panel && requestConfig?.verb === "get") {
    const words = $("#tpl-panel")?.content.cloneNode(true);
    $("b", words).textContent = title;
    $(".sub", words).textContent = detail;
    const button = $("button", words);
    button.hidden = !retry;
    button.addEventListener("click", () => retry?.());
    panel.replaceChildren(words);
    say(title);
    return;
  }
  toast(title, detail, retry);
}

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.getResponseHeader("HX-Retarget")) return;
  const wait = xhr.getResponseHeader("Retry-After");
  if (xhr.status === 429) failed(word("limited"), wait ? word("again_in", { n: wait }) : "", event.detail, null);
  else if (xhr.status === 404) failed(word("gone"), "", event.detail, null);
  else failed(word("failed"), String(xhr.status), event.detail);
});
document.addEventListener("htmx:sendError", (event) => failed(word("unreached"), "", event.detail));
document.addEventListener("htmx:timeout", (event) => failed(word("unreached"), "", event.detail));
document.addEventListener("htmx:beforeRequest", (event) => { for (const old of $$(".form-failed")) if (event.detail.elt.contains(old)) old.remove(); });

// -- a page that grew old: of another release, or open for a working day (ux.md §10)
const OLD_MS = 8 * 3600_000;
function stale() {
  const banner = $("#tpl-stale");
  if (!banner || $("#stale")) return;
  $("#banners")?.prepend(banner.content.cloneNode(true));
}
const heard = (release) => { if (release && facts().release && release !== facts().release) stale(); };
document.addEventListener("answered", (event) => heard(event.detail));
document.addEventListener("htmx:afterOnLoad", (event) => heard(event.detail.xhr.getResponseHeader("X-Release")));
setInterval(() => { if (performance.now() > OLD_MS) stale(); }, 60_000);
delegate("click", "[data-reload]", () => location.reload());

// A request in flight for more than 300 ms shows a line at the top (ux.md §10); old content stays.
let running = 0, timer = 0;
const bar = () => $(".loadbar") ?? document.body.appendChild(Object.assign(document.createElement("div"), { className: "loadbar" }));
document.addEventListener("htmx:beforeRequest", (event) => {
  event.detail.target?.setAttribute("aria-busy", "true");
  running += 1;
  timer ||= setTimeout(() => bar().classList.add("on"), 300);
});
document.addEventListener("htmx:afterRequest", (event) => {
  event.detail.target?.removeAttribute("aria-busy");
  running = Math.max(0, running - 1);
  if (running) return;
  clearTimeout(timer);
  timer = 0;
  $(".loadbar")?.classList.remove("on");
});

// Where the focus goes after a swap (HTX-18): data-focus of the fragment's root, the heading of a whole page.
document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail.elt;
  if (!(part instanceof Element)) return;
  const wanted = part.dataset?.focus ?? $("[data-focus]", part)?.dataset.focus;
  if (wanted) $(wanted)?.focus();
  else if (part === document.body) {
    const heading = $("main h1") ?? $("main");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus();
    scrollTo(0, 0);
  }
});

