// HX-Trigger {"say": …} goes to the live region; answers that htmx would drop become words.
import { $, say, facts, word } from "./page.js";
import { toast } from "./toasts.js";
import { openWith } from "./dialogs.js";

document.addEventListener("say", (event) => say(event.detail?.text ?? event.detail?.value ?? ""));

document.addEventListener("htmx:configRequest", (event) => {
  const token = $("meta[name=csrf-token]")?.content;
  if (token) event.detail.headers["X-CSRFToken"] = token;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const signIn = facts().signIn;
  if (signIn && xhr.responseURL && new URL(xhr.responseURL).pathname === signIn && location.pathname !== signIn) {
    event.detail.shouldSwap = false;
    const words = $("#tpl-signin");
    if (words) openWith(words.content.cloneNode(true));
    return;
  }
  // A refusal says itself where it is to be shown.
  if (xhr.status >= 400 && xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
});

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.getResponseHeader("HX-Retarget")) return;
  const wait = xhr.getResponseHeader("Retry-After");
  if (xhr.status === 429) toast(word("limited"), wait ? `${wait} s` : "");
  else if (xhr.status === 404) toast(word("gone"));
  else toast(word("failed"), String(xhr.status));
});
document.addEventListener("htmx:sendError", () => toast(word("unreached")));
document.addEventListener("htmx:timeout", () => toast(word("unreached")));

// A request in flight for more than 300 ms shows a line at the top (ux.md §10); old content stays.
let running = 0, timer = 0;
const bar = () => $(".loadbar") ?? document.body.appendChild(Object.assign(document.createElement("div"), { className: "loadbar" }));
document.addEventListener("htmx:beforeRequest", () => {
  running += 1;
  timer ||= setTimeout(() => bar().classList.add("on"), 300);
});
document.addEventListener("htmx:afterRequest", () => {
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

