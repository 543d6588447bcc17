// Forms: Ctrl+Enter sends, drafts are kept, a double submit is harmless, the focus goes to what is wrong. Markup: docs/markup.md.
import { $, $$, delegate, facts, send, say, word } from "./page.js";

const SAVE_MS = 2000;
const timers = new WeakMap(), saving = new WeakMap(), dirty = new WeakSet();

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.closest?.("form");
  if (!form) return;
  const chosen = event.shiftKey ? $("[data-submit=stay]", form) : $("[data-submit=primary]", form) ?? $("button.btn-primary:not([type=button])", form) ?? [...form.elements].find((one) => one.type === "submit");
  if (!chosen) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!chosen.disabled) form.requestSubmit(chosen);
}, true);

// A plain form is sent once; htmx forms have hx-sync="this:drop".
delegate("submit", "form[method=post]:not([hx-post])", (event, form) => {
  if (form.dataset.busy) { event.preventDefault(); return; }
  form.dataset.busy = "1";
  setTimeout(() => delete form.dataset.busy, 8000);
});
window.addEventListener("pageshow", () => { for (const form of $$("form[data-busy]")) delete form.dataset.busy; });

// -- drafts
const localKey = (form) => `draft:${facts().viewer}:${form.dataset.draftKey}`;
function values(form) {
  const data = new FormData(form);
  for (const name of ["csrfmiddlewaretoken", "form_token"]) data.delete(name);
  return data;
}
function note(form, text) {
  const place = $("[data-draft-status]", form) ?? (form.id && $(`[data-draft-status="${form.id}"]`));
  if (place) place.textContent = text;
}
const clockText = () => new Date().toISOString().slice(11, 16) + "Z";

async function save(form) {
  clearTimeout(timers.get(form));
  if (!dirty.has(form) || !form.isConnected) return;
  dirty.delete(form);
  const words = word("draft_saved");
  if (form.dataset.draftKey) {
    const plain = Object.fromEntries([...values(form)].filter(([, value]) => typeof value === "string"));
    try { localStorage.setItem(localKey(form), JSON.stringify(plain)); note(form, `${words} ${clockText()}`); } catch { /* a full or forbidden store: typing goes on */ }
  }
  if (form.dataset.draftUrl) {
    // One at a time: of two on their way at once, the older could arrive last and take the newer words back.
    const before = saving.get(form), sent = Promise.resolve(before).then(() => send(form.dataset.draftUrl, { body: values(form) }));
    saving.set(form, sent.catch(() => null));
    const answer = await sent;
    if (answer?.ok) note(form, `${words} ${clockText()}`);
    else { dirty.add(form); note(form, word("draft_unsaved")); timers.set(form, setTimeout(() => save(form), 10_000)); }
  }
}

function touched(event) {
  const form = event.target.closest?.("form[data-draft-url], form[data-draft-key]");
  if (!form) return;
  dirty.add(form);
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), SAVE_MS));
}
document.addEventListener("input", touched);
document.addEventListener("change", touched);
document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.("form[data-draft-url], form[data-draft-key]");
  if (form) save(form);
});
window.addEventListener("pagehide", () => {
  for (const form of $$("form[data-draft-url]")) if (dirty.has(form)) { const body = values(form); body.set("csrfmiddlewaretoken", $("meta[name=csrf-token]")?.content ?? ""); navigator.sendBeacon(form.dataset.draftUrl, body); }
});

function restore(part) {
  for (const form of $$("form[data-draft-key]", part)) {
    if (form.dataset.restored) continue;
    form.dataset.restored = "1";
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(localKey(form)) ?? "null"); } catch { /* unreadable: start empty */ }
    if (!kept) continue;
    for (const [name, value] of Object.entries(kept)) {
      const field = form.elements.namedItem(name);
      if (field && "value" in field && !field.value && field.type !== "hidden" && field.type !== "file") field.value = value;
    }
  }
}
function forget(form) { if (form.dataset?.draftKey) localStorage.removeItem(localKey(form)); dirty.delete(form); clearTimeout(timers.get(form)); }
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (form instanceof HTMLFormElement && event.detail.successful && event.detail.requestConfig?.verb === "post") forget(form);
});
delegate("submit", "form[data-draft-key]:not([hx-post])", (event, form) => { if (!event.defaultPrevented) forget(form); });

// -- errors: to the summary, else to the first wrong field (HTX-16)
function toErrors(part) {
  const summary = $("[data-error-summary]", part), wrong = $("[aria-invalid=true]", part);
  (wrong ?? summary)?.focus();
  if (summary) say(summary.innerText.replace(/\s+/g, " "));
}
document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail.elt;
  if (!(part instanceof Element)) return;
  restore(part.parentElement ?? part);
  if (event.detail.xhr?.status === 422) toErrors(part.isConnected ? part : document);
});
restore(document);
if ($("main [data-error-summary]")) toErrors($("main"));
delegate("click", "[data-error-summary] a", (event, link) => {
  const field = document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  (field.matches("input, select, textarea") ? field : $("input, select, textarea", field))?.focus();
});
