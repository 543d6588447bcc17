// One native <dialog id="dlg"> takes every fragment (HTX-14). Escape closes, the focus goes back to its opener by id.
import { $, delegate } from "./page.js";

let opener = "";

function remember(element) {
  if (element?.id) opener = element.id;
  else if (document.activeElement?.id) opener = document.activeElement.id;
  else opener = element?.closest?.("[id]")?.id ?? "";
}

function open(dialog) {
  if (!dialog.open) dialog.showModal();
  const first = $("[autofocus], [data-focus-first]", dialog) ?? $("input:not([type=hidden]), select, textarea", dialog) ?? $("#dlg-title", dialog);
  first?.focus();
}

/** Show a fragment made here (a template's content) in the dialog. */
export function openWith(content) {
  const dialog = $("#dlg");
  if (!dialog) return;
  if (!dialog.open) remember(document.activeElement);
  dialog.replaceChildren(content);
  open(dialog);
}

export function closeDialog() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "dlg" && !$("#dlg")?.open) remember(event.detail.elt);
});
document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = $("#dlg");
  if (event.detail.target?.id !== "dlg" || !dialog) return;
  if (dialog.childElementCount) open(dialog);
  else dialog.close();
});
document.addEventListener("dialog:close", closeDialog);
delegate("click", "[data-dialog-close]", (event, button) => { event.preventDefault(); const dialog = button.closest("dialog"); if (dialog) dialog.close(); else history.back(); }); // on a page of its own: back
delegate("click", "dialog", (event, dialog) => {
  if (event.target !== dialog) return; // a click on the scrim
  const box = dialog.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside) dialog.close();
});
document.addEventListener("close", (event) => {
  if (event.target.id === "dlg") event.target.replaceChildren();
  const back = opener && document.getElementById(opener);
  opener = "";
  if (back) back.focus();
}, true);

// Menus are <details>: one open at a time, closed by Escape, by a click elsewhere and by a choice.
delegate("click", ".menu-item", (event, item) => item.closest("details")?.removeAttribute("open"));
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// <details data-peek>: what it explains also shows while the pointer or the focus is on it (WCAG 1.4.13: Escape dismisses it, and
// the pointer may move into it). A click or Enter pins it open until the next one.
const peeks = (event) => event.target.closest?.("details[data-peek]");
const peek = (menu) => { if (!menu.open && !menu.dataset.dismissed) { menu.open = true; menu.dataset.peeking = "1"; } };
const unpeek = (menu) => { delete menu.dataset.dismissed; if (menu.dataset.peeking) { delete menu.dataset.peeking; menu.open = false; } };
document.addEventListener("pointerover", (event) => { if (event.pointerType === "mouse" && peeks(event)) peek(peeks(event)); });
document.addEventListener("pointerout", (event) => {
  const menu = peeks(event);
  if (menu && event.pointerType === "mouse" && !menu.contains(event.relatedTarget) && !menu.contains(document.activeElement)) unpeek(menu);
});
document.addEventListener("focusin", (event) => { if (peeks(event) && event.target.matches("summary:focus-visible")) peek(peeks(event)); });
document.addEventListener("focusout", (event) => { const menu = peeks(event); if (menu && !menu.contains(event.relatedTarget)) unpeek(menu); });
document.addEventListener("keydown", (event) => { // before keys.js closes the menu and gives its summary the focus back
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details[data-peek][open]")) { delete menu.dataset.peeking; menu.dataset.dismissed = "1"; }
}, true);
document.addEventListener("click", (event) => {
  const menu = event.target.closest?.("details[data-peek] > summary")?.parentElement;
  if (!menu?.dataset.peeking) return;
  event.preventDefault(); // it shows already: the press pins it
  delete menu.dataset.peeking;
}, true);
