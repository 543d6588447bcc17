// Citations ({% citation version %}): the card shows by CSS; Escape closes it without leaving the place (WCAG 1.4.13).
import { $$, delegate } from "./page.js";

const open = () => $$("[data-cite]:not(.is-closed)").filter((cite) => cite.matches(":hover, :focus-within"));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const shown = open();
  if (!shown.length) return;
  for (const cite of shown) cite.classList.add("is-closed");
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
for (const type of ["mouseover", "focusin"]) {
  delegate(type, "[data-cite].is-closed", (event, cite) => {
    if (!cite.contains(event.relatedTarget)) cite.classList.remove("is-closed");
  });
}
