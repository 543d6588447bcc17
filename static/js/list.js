// A list that keys move through and live data never disturbs (QUE-5, QUE-8, HTX-5 … HTX-9). Its markup: docs/markup.md.
import { $, $$, delegate, say, send, later, coalesce, setCookie, word, takesText } from "./page.js";
import { onKey, copy } from "./keys.js";
import { stamp } from "./optimistic.js";

const lists = new Map();
let lastInput = performance.now();

const table = () => $("table[data-ui-list]");
const rows = (of = table()) => (of ? $$("tbody > tr[data-key]", of) : []);
function state(of = table()) {
  if (!of) return null;
  if (!lists.has(of.id)) lists.set(of.id, { cursor: "", selected: new Set(), all: false, anchor: "", target: "", added: 0, gone: new Set(), paused: false, order: [] });
  return lists.get(of.id);
}
const rowOf = (key, of = table()) => rows(of).find((row) => row.dataset.key === key);
const cursorRow = () => { const it = state(); return it && rowOf(it.cursor); };

function paint() {
  const it = state();
  if (!it) return;
  const all = rows();
  if (all.length && !rowOf(it.cursor)) {
    // The nearest row after where the cursor stood, else the last (HTX-6).
    const at = it.order.indexOf(it.cursor);
    const next = at < 0 ? null : it.order.slice(at).map((key) => rowOf(key)).find(Boolean) ?? all.at(-1);
    it.cursor = (next ?? all[0]).dataset.key;
  }
  it.order = all.map((row) => row.dataset.key);
  for (const row of all) {
    const here = row.dataset.key === it.cursor, chosen = it.all || it.selected.has(row.dataset.key);
    row.toggleAttribute("data-ui-cursor", here);
    row.toggleAttribute("data-ui-selected", chosen);
    row.setAttribute("aria-selected", String(chosen));
    row.tabIndex = here ? 0 : -1;
    const box = $("input[type=checkbox]", row);
    if (box) { box.checked = chosen; box.tabIndex = -1; }
    if (row.dataset.ghost) row.dataset.uiGhost = row.dataset.ghost;
    else if (row.dataset.uiGhost && row.dataset.uiGhost !== "gone") delete row.dataset.uiGhost;
    if (row.dataset.uiGhost) {
      const who = $(".who", row);
      if (who && row.dataset.ghost) who.textContent = row.dataset.ghost;
      for (const button of $$("button, .btn", row)) button.setAttribute("aria-disabled", "true");
    }
    row.toggleAttribute("data-ui-target", row.dataset.key === it.target);
  }
  const count = it.all ? Number(table().dataset.uiMatching || all.length) : it.selected.size;
  for (const bar of $$("[data-ui-bulk]")) {
    bar.hidden = count === 0;
    for (const place of $$("[data-ui-count]", bar)) place.textContent = word("selected", { n: count });
  }
  for (const box of $$("[data-ui-select-page]")) { box.checked = count > 0 && all.every((row) => row.hasAttribute("data-ui-selected")); box.indeterminate = count > 0 && !box.checked; }
  for (const place of $$("[data-ui-position]")) place.textContent = all.length ? word("row_of", { n: all.findIndex((row) => row.dataset.key === it.cursor) + 1, all: all.length }) : "";
  pill();
}

function pill() {
  const it = state();
  for (const button of $$("[data-ui-pill]")) {
    const parts = [];
    if (it.added) parts.push(word("new_rows", { n: it.added }));
    if (it.gone.size) parts.push(word("left_rows", { n: it.gone.size }));
    button.hidden = parts.length === 0;
    button.textContent = parts.length ? `. ${parts.join(" · ")}` : "";
  }
}

const preview = later((key) => {
  const of = table(), place = $("#preview"), queue = $(".queue");
  if (!of?.dataset.uiPreviewUrl || !place || !key || queue?.classList.contains("no-preview") || getComputedStyle(place.closest(".peekp") ?? place).display === "none") return;
  if (place.dataset.key === key) return;
  window.htmx.ajax("GET", of.dataset.uiPreviewUrl.replace("{key}", encodeURIComponent(key)), { target: "#preview", swap: "innerHTML", source: place }).then(() => { place.dataset.key = key; });
}, 120);

function moveTo(row, { focus = true } = {}) {
  if (!row) return;
  const it = state();
  it.cursor = row.dataset.key;
  paint();
  if (focus) row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  preview(it.cursor);
}

function step(by) {
  const all = rows(), at = all.indexOf(cursorRow());
  moveTo(all[Math.min(all.length - 1, Math.max(0, at + by))]);
}

function select(row, on = undefined) {
  const it = state();
  if (!row || row.dataset.uiGhost) return;
  if (it.all) { it.all = false; it.selected = new Set(rows().map((one) => one.dataset.key)); }
  const chosen = on ?? !it.selected.has(row.dataset.key);
  if (chosen) it.selected.add(row.dataset.key);
  else it.selected.delete(row.dataset.key);
  it.anchor = row.dataset.key;
  paint();
}

export function clearSelection() {
  const it = state();
  if (!it || (!it.all && it.selected.size === 0)) return false;
  it.all = false;
  it.selected.clear();
  paint();
  return true;
}

const twins = {};
function does(action, work) { twins[action] = work; onKey("list", action, work); }
const go = (by) => () => (table() ? (step(by), true) : false);
does("down", go(1));
does("up", go(-1));
does("first", () => (table() ? (moveTo(rows()[0]), true) : false));
does("last", () => (table() ? (moveTo(rows().at(-1)), true) : false));
does("open", () => { const row = cursorRow(); if (!row?.dataset.href) return false; location.assign(row.dataset.href); return true; });
does("open-tab", () => { const row = cursorRow(); if (!row?.dataset.href) return false; window.open(row.dataset.href, "_blank", "noopener"); return true; });
does("select", () => { const row = cursorRow(); if (!row) return false; select(row); return true; });
const extend = (by) => () => { const row = cursorRow(); if (!row) return false; select(row, true); step(by); select(cursorRow(), true); return true; };
does("extend-down", extend(1));
does("extend-up", extend(-1));
does("select-all", () => { const it = state(); if (!it) return false; it.all = !it.all; it.selected.clear(); paint(); countAll(); return true; });
// How many that is, to the last one: a long list's header only says "more than a thousand".
async function countAll() {
  const of = table(), it = state(of);
  if (it.all && of.dataset.uiCountUrl) {
    const answer = await send(of.dataset.uiCountUrl, { method: "GET", headers: { Accept: "application/json" } });
    if (answer?.ok && table() === of) { of.dataset.uiMatching = (await answer.json()).matching; paint(); }
  }
  say(word("selected", { n: it.all ? of.dataset.uiMatching : 0 }));
}
does("merge-target", () => { const it = state(), row = cursorRow(); if (!row) return false; it.target = it.target === row.dataset.key ? "" : row.dataset.key; paint(); return true; });
does("copy-key", () => { const row = cursorRow(); if (!row) return false; copy(row.dataset.key); return true; });
does("copy-link", () => { const row = cursorRow(); if (!row?.dataset.href) return false; copy(new URL(row.dataset.href, location.href).href); return true; });
does("admit", () => { const it = state(); if (!it || (!it.added && !it.gone.size)) return false; admit(); return true; });
does("pause-live", () => {
  const it = state(), button = $("[data-key-action=pause-live]");
  if (!it || !button) return false;
  it.paused = !it.paused;
  button.setAttribute("aria-pressed", String(it.paused));
  say(button.textContent.trim());
  return true;
});
does("preview", () => {
  const queue = $(".queue"), button = $("[data-key-action=preview]");
  if (!queue || !button) return false;
  const narrow = matchMedia("(max-width: 63.99em)").matches;
  const open = narrow ? queue.classList.toggle("preview-open") : !queue.classList.toggle("no-preview");
  button.setAttribute("aria-pressed", String(open));
  if (!narrow) setCookie("preview", !open ? "off" : queue.classList.contains("wide-preview") ? "wide" : "on");
  if (open) preview(state()?.cursor);
  return true;
});
delegate("click", "[data-ui-wide]", (event, button) => {
  const queue = $(".queue"), wide = queue.classList.toggle("wide-preview");
  button.setAttribute("aria-pressed", String(wide));
  if (wide && queue.classList.contains("no-preview")) twins.preview();
  setCookie("preview", wide ? "wide" : "on");
});
const toggleCluster = (open) => () => {
  const row = cursorRow(), button = row && $(".expander", row);
  if (!button) return false;
  if ((button.getAttribute("aria-expanded") === "true") !== open) expand(button);
  return true;
};
const isRtl = () => document.documentElement.dir === "rtl";
does("expand", (event) => toggleCluster(!(isRtl() && event))());
does("collapse", (event) => toggleCluster(Boolean(isRtl() && event))());
onKey("anywhere", "close", () => {
  const open = $(".preview-open");
  if (open) { open.classList.remove("preview-open"); return true; }
  return clearSelection();
});

async function expand(button) {
  const row = button.closest("tr[data-key]"), open = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(open));
  for (const child of rows().filter((one) => one.dataset.parent === row.dataset.key)) child.remove();
  if (open) await window.htmx.ajax("GET", button.dataset.childrenUrl, { target: row, swap: "afterend", source: row });
  paint();
}
delegate("click", ".expander", (event, button) => { event.preventDefault(); expand(button); });

// -- the mouse
delegate("click", "table[data-ui-list] tbody tr[data-key]", (event, row) => {
  const box = event.target.closest("input[type=checkbox]");
  if (box) {
    const it = state();
    if (event.shiftKey && it.anchor) {
      const all = rows(), from = all.indexOf(rowOf(it.anchor)), to = all.indexOf(row);
      for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) select(one, true);
    } else select(row, box.checked);
    moveTo(row, { focus: false });
    return;
  }
  if (event.target.closest("a, button, label, summary")) { if (state().cursor !== row.dataset.key) { state().cursor = row.dataset.key; paint(); } return; }
  moveTo(row);
});
delegate("dblclick", "table[data-ui-list] tbody tr[data-key]", (event, row) => { if (!event.target.closest("a, button, label") && row.dataset.href) location.assign(row.dataset.href); });
delegate("focusin", "table[data-ui-list] tbody tr[data-key]", (event, row) => { const it = state(); if (event.target === row && it.cursor !== row.dataset.key) moveTo(row, { focus: false }); });
delegate("change", "[data-ui-select-page]", (event, box) => { const it = state(); it.all = false; it.selected = new Set(box.checked ? rows().filter((row) => !row.dataset.uiGhost).map((row) => row.dataset.key) : []); paint(); });
delegate("click", "[data-ui-clear]", clearSelection);
// The visible twins of the keys that only this script knows how to do.
delegate("click", "[data-key-scope=list] [data-key-action]", (event, button) => {
  const work = twins[button.dataset.keyAction];
  if (!work || button.matches("a[href], [type=submit], [data-copy]")) return;
  event.preventDefault();
  work(null);
});

// -- all clocks of a row (SLA-1): on the chip under the pointer, and on the row that has the focus where no preview shows them.
// Escape puts it away, and the pointer may move into it (WCAG 1.4.13).
let peekedKey = "", keyAt = -9999;
function unpeek() { peekedKey = ""; $("#clockpeek")?.remove(); }
const peek = later(async (row) => {
  const url = table()?.dataset.uiClocksUrl, key = row?.dataset.key;
  if (!url || !key || peekedKey !== key) return;
  const answer = await send(url.replace("{key}", encodeURIComponent(key)), { method: "GET", headers: { "HX-Request": "true" } });
  if (!answer?.ok || peekedKey !== key || !row.isConnected) return;
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  const box = holder.content.firstElementChild, at = ($(".sla", row) ?? row).getBoundingClientRect();
  $("#clockpeek")?.remove();
  document.body.append(box);
  const isBelow = at.bottom + box.offsetHeight + 8 < innerHeight, start = isRtl() ? innerWidth - at.right : at.left;
  box.style.setProperty("--peek-x", `${Math.max(4, Math.min(start, innerWidth - box.offsetWidth - 4))}px`);
  box.style.setProperty("--peek-y", `${isBelow ? at.bottom + 2 : Math.max(4, at.top - box.offsetHeight - 2)}px`);
}, 350);
const previewShows = () => { const place = $(".peekp"); return Boolean(place) && getComputedStyle(place).display !== "none"; };
delegate("pointerover", "table[data-ui-list] tr[data-key] .sla", (event, chip) => {
  const row = chip.closest("tr");
  if (event.pointerType !== "mouse" || peekedKey === row.dataset.key) return;
  unpeek();
  peekedKey = row.dataset.key;
  peek(row);
});
document.addEventListener("pointerout", (event) => {
  if (peekedKey && !event.relatedTarget?.closest?.("#clockpeek, .sla") && event.target.closest?.("#clockpeek, .sla")) unpeek();
});
delegate("focusin", "table[data-ui-list] tr[data-key]", (event, row) => {
  if (event.target !== row || previewShows() || performance.now() - keyAt > 500) return;
  unpeek();
  peekedKey = row.dataset.key;
  peek(row);
});
document.addEventListener("scroll", unpeek, { passive: true, capture: true });
document.addEventListener("keydown", (event) => { keyAt = performance.now(); if (event.key === "Escape" && $("#clockpeek")) { event.preventDefault(); event.stopImmediatePropagation(); } if (peekedKey) unpeek(); }, true);

// -- acting on the cursor row or on the selection
delegate("click", "[data-ui-act]", (event, button) => {
  const row = button.closest("tr[data-key]") ?? cursorRow();
  event.preventDefault();
  if (!row || row.dataset.uiGhost || button.getAttribute("aria-disabled") === "true") return;
  const url = button.dataset.uiAct.replace("{key}", encodeURIComponent(row.dataset.key));
  if (button.dataset.uiActMethod === "get") {
    window.htmx.ajax("GET", url, { target: "#dlg", swap: "innerHTML", source: row });
    return;
  }
  if (button.dataset.optimistic) stamp(row, button.dataset.optimistic);
  row.focus({ preventScroll: true }); // a key pressed the button: Enter is the row's again
  window.htmx.ajax("POST", url, { target: `#${CSS.escape(row.id)}`, swap: "morph", source: row });
});

/** The keys a bulk form is about: the selection, else the row under the cursor. */
export function chosen() {
  const it = state();
  if (!it) return { keys: [], all: false, target: "" };
  const keys = it.selected.size ? [...it.selected] : it.cursor ? [it.cursor] : [];
  return { keys: it.all ? [] : keys, all: it.all, target: it.target };
}
const isAbout = (element) => element?.closest?.("[data-ui-bulk], [data-ui-selection]");
document.addEventListener("htmx:configRequest", (event) => {
  if (!isAbout(event.detail.elt)) return;
  const { keys, all, target } = chosen(), values = event.detail.formData ?? event.detail.parameters;
  if (all) values.set?.("all_matching", "1");
  else for (const key of keys) values.append?.("keys", key);
  if (target) values.set?.("target", target);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!isAbout(form) || form.hasAttribute("hx-post") || form.hasAttribute("hx-get")) return;
  for (const old of $$("input[data-ui-made]", form)) old.remove();
  const { keys, all, target } = chosen();
  const add = (name, value) => { const input = Object.assign(document.createElement("input"), { type: "hidden", name, value }); input.dataset.uiMade = ""; form.append(input); };
  if (all) add("all_matching", "1");
  else keys.forEach((key) => add("keys", key));
  if (target) add("target", target);
}, true);

// -- live data
const perRow = new Map();
function refreshRow(key) {
  const of = table(), row = rowOf(key, of);
  if (!row || !of.dataset.uiRowUrl) return;
  if (!perRow.has(key)) {
    perRow.set(key, coalesce(async () => {
      const current = rowOf(key);
      if (!current) return;
      const also = current.dataset.also ? `&also=${current.dataset.also.replaceAll(" ", ",")}` : "";
      const answer = await send(table().dataset.uiRowUrl.replace("{key}", encodeURIComponent(key)) + also, { method: "GET", headers: { "HX-Request": "true" } }), html = await answer?.text();
      if (!answer || !rowOf(key)) return;
      if (answer.status === 404) { current.dataset.uiGhost = "gone"; const who = $(".who", current); if (who) who.textContent = word("left"); state().gone.add(key); paint(); return; }
      if (!answer.ok) return;
      const focused = document.activeElement === current, cells = [...current.cells].map((cell) => cell.textContent);
      window.htmx.swap(`#${CSS.escape(current.id)}`, html, { swapStyle: "morph" });
      const fresh = rowOf(key);
      if (!fresh) return;
      if ([...fresh.cells].some((cell, at) => cell.textContent !== cells[at])) { fresh.classList.add("fresh"); setTimeout(() => fresh.classList.remove("fresh"), 1200); }
      if (fresh.dataset.ghost) state().gone.add(key);
      paint();
      if (focused) fresh.focus({ preventScroll: true });
    }, 1000));
  }
  perRow.get(key)();
}

const checkKeys = coalesce(async () => {
  const of = table(), it = state(of);
  if (!of?.dataset.uiKeysUrl || it.paused) return;
  const answer = await send(of.dataset.uiKeysUrl, { method: "GET", headers: { Accept: "application/json" } });
  if (!answer?.ok || table() !== of) return;
  const { keys = [], matching } = await answer.json();
  const top = rows(of).filter((row) => !row.dataset.parent), here = new Set(top.flatMap((row) => [row.dataset.key, ...(row.dataset.also ?? "").split(" ")])), there = new Set(keys);
  it.added = keys.filter((key) => !here.has(key)).length;
  it.gone = new Set(top.filter((row) => row.dataset.uiGhost || !there.has(row.dataset.key)).map((row) => row.dataset.key));
  if (matching !== undefined) of.dataset.uiMatching = matching;
  for (const row of top) if (!there.has(row.dataset.key) && !row.dataset.uiGhost) refreshRow(row.dataset.key);
  pill();
}, 2000);

/** Let the waiting rows in; the cursor stays on its case, else goes to the nearest after it. */
export async function admit() {
  const of = table(), it = state(of);
  if (!of?.dataset.uiUrl) return;
  const focused = of.contains(document.activeElement);
  await window.htmx.ajax("GET", of.dataset.uiUrl, { target: `#${CSS.escape(of.id)}`, swap: "outerHTML", source: of });
  it.added = 0;
  it.gone.clear();
  const shown = new Set(rows().map((row) => row.dataset.key));
  for (const key of it.selected) if (!shown.has(key)) it.selected.delete(key);
  paint();
  if (focused) cursorRow()?.focus({ preventScroll: true });
}

document.addEventListener("live:case.changed", (event) => {
  const { key, rev } = event.detail, it = state();
  if (!it || it.paused) return;
  const row = rowOf(key);
  if (row && !(rev && Number(row.dataset.rev) >= rev)) refreshRow(key);
});
document.addEventListener("live:queue.changed", checkKeys);
document.addEventListener("live:inbox.changed", () => { if (table()?.hasAttribute("data-ui-inbox")) checkKeys(); });
document.addEventListener("live:refresh", () => { if (!table()) return; checkKeys(); for (const row of rows()) refreshRow(row.dataset.key); });

// HTX-8: applied without asking only when nobody could be disturbed.
setInterval(() => {
  const it = state();
  if (!it || it.paused || (!it.added && !it.gone.size) || it.all || it.selected.size || $("dialog[open]") || takesText(document.activeElement)) return;
  if (performance.now() - lastInput > 60_000 && (!cursorRow() || rows()[0] === cursorRow())) admit();
}, 10_000);
for (const type of ["keydown", "pointerdown", "pointermove", "wheel"]) document.addEventListener(type, () => { lastInput = performance.now(); }, { passive: true, capture: true });

// Selection and cursor live here; after every swap the page is painted from them.
document.addEventListener("htmx:afterSwap", (event) => {
  const focused = event.detail.target?.matches?.("tr[data-key]") ? event.detail.target.dataset.key : "";
  paint();
  if (focused && document.activeElement === document.body) rowOf(focused)?.focus({ preventScroll: true });
});
document.addEventListener("htmx:afterSettle", paint);
paint();
if (cursorRow()) { preview(state().cursor); if (document.activeElement === document.body && !location.hash) cursorRow().focus({ preventScroll: true }); }
