// A press shows at once (HTX-11): the row is stamped with our initials until the server's row is morphed in, or put back.
import { $, facts } from "./page.js";

const before = new WeakMap();

export function stamp(row, action) {
  if (!row || row.dataset.uiPending) return;
  row.dataset.uiPending = action;
  const who = $(".who", row);
  if (!who) return;
  before.set(row, who.textContent);
  who.textContent = `${facts().initials ?? ""} …`.trim();
}

export function unstamp(row) {
  if (!row?.dataset?.uiPending) return;
  delete row.dataset.uiPending;
  const who = $(".who", row);
  if (who && before.has(row)) who.textContent = before.get(row);
  before.delete(row);
}

const rowOf = (detail) => detail.elt?.closest?.("tr[data-key]") ?? detail.target?.closest?.("tr[data-key]");
document.addEventListener("htmx:beforeRequest", (event) => {
  const source = event.detail.elt?.closest?.("[data-optimistic]");
  if (source) stamp(rowOf(event.detail), source.dataset.optimistic);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const row = rowOf(event.detail);
  if (!row) return;
  const { status } = event.detail.xhr ?? {};
  if (event.detail.successful || status === 409) { delete row.dataset.uiPending; before.delete(row); } else unstamp(row);
});
document.addEventListener("htmx:sendError", (event) => unstamp(rowOf(event.detail)));
