// The filter bar (templates/escalations/filters/_filterbar.html); without this file a plain form with chips. More: docs/markup.md.
import { $, $$, delegate, later, send } from "./page.js";

const PAUSE_MS = 120;
const boxOf = (element) => element.closest("[data-filterbox]");
const inputOf = (box) => $("[role=combobox]", box);
const offersOf = (box) => $("[role=listbox]", box);
const options = (box) => $$("[role=option]", offersOf(box));
const isOpen = (box) => !offersOf(box).hidden;
const asking = new Map();
// Quiet from the moment a text is sent until it is typed in again: an offer asked for before must not open over the answer.
let isChecked = false, isQuiet = false;

/** Put the answer of an address in a part's place; a newer question to the same address takes the older one back. */
async function swap(place, url, query) {
  asking.get(url)?.abort();
  const question = new AbortController();
  asking.set(url, question);
  try {
    const answer = await send(`${url}?${new URLSearchParams(query)}`, { method: "GET", signal: question.signal, headers: { "HX-Request": "true" } });
    if (!answer || (!answer.ok && answer.status !== 422)) return answer;
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    place.replaceWith(holder.content.firstElementChild);
    return answer;
  } catch (error) {
    if (error.name !== "AbortError") throw error;
    return null;
  }
}

function close(box) {
  offersOf(box).hidden = true;
  inputOf(box).setAttribute("aria-expanded", "false");
  inputOf(box).removeAttribute("aria-activedescendant");
}

function mark(box, index) {
  const all = options(box);
  all.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
  if (!all[index]) { inputOf(box).removeAttribute("aria-activedescendant"); return; }
  inputOf(box).setAttribute("aria-activedescendant", all[index].id);
  all[index].scrollIntoView({ block: "nearest" });
}
const marked = (box) => options(box).findIndex((option) => option.getAttribute("aria-selected") === "true");

async function offer(box) {
  const input = inputOf(box);
  if (isQuiet) return;
  const answer = await swap(offersOf(box), box.dataset.completeUrl, { q: input.value, cursor: input.selectionStart });
  if (!answer) return;
  if (isQuiet || document.activeElement !== input) { close(box); return; }
  input.setAttribute("aria-expanded", String(isOpen(box)));
  input.removeAttribute("aria-activedescendant");
}
const offerSoon = later(offer, PAUSE_MS);

function take(box, option) {
  const input = inputOf(box), offers = offersOf(box);
  if (option.dataset.whole !== undefined) {
    input.value = option.dataset.whole;
    close(box);
    return;
  }
  const start = Number(offers.dataset.start), end = Number(offers.dataset.end), written = option.dataset.insert;
  const rest = input.value.slice(end), isField = written.endsWith(":");
  const gap = isField || /^[\s),]/.test(rest) ? "" : " ";
  input.setRangeText(written + gap, start, end, "end");
  if (isField) offer(box);
  else close(box);
}

function showFault(box) {
  const fault = $("#filternotes [data-start]", box), input = inputOf(box);
  input.toggleAttribute("aria-invalid", Boolean(fault));
  if (!fault) return;
  input.setAttribute("aria-invalid", "true");
  input.focus();
  input.setSelectionRange(Number(fault.dataset.start), Number(fault.dataset.end));
}

delegate("input", "[data-filterbox] [role=combobox]", (event, input) => {
  isQuiet = false;
  if (!event.isComposing) offerSoon(boxOf(input));
});

document.addEventListener("focusout", (event) => {
  const box = event.target instanceof Element ? boxOf(event.target) : null;
  if (box && event.target === inputOf(box) && !box.contains(event.relatedTarget)) close(box);
});

document.addEventListener("keydown", (event) => {
  if (event.isComposing || !(event.target instanceof Element) || !event.target.matches("[data-filterbox] [role=combobox]")) return;
  const box = boxOf(event.target), all = options(box), at = marked(box);
  const own = () => { event.preventDefault(); event.stopImmediatePropagation(); };
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    own();
    if (!isOpen(box)) { isQuiet = false; offer(box); }
    else mark(box, (at + (event.key === "ArrowDown" ? 1 : -1) + all.length + (at < 0 && event.key === "ArrowUp" ? 1 : 0)) % Math.max(all.length, 1));
  } else if (event.key === "Tab" && !event.shiftKey && isOpen(box) && all.length) {
    own();
    take(box, all[Math.max(at, 0)]);
  } else if (event.key === "Enter" && isOpen(box) && at >= 0) {
    own();
    take(box, all[at]);
  } else if (event.key === "Escape" && isOpen(box)) {
    own();
    close(box);
  } else if (event.key === "Backspace" && !event.target.value) {
    const last = $$("[data-chip]", box).at(-1);
    if (last) { own(); $("button:not([hidden])", last).focus(); }
  }
}, true);

delegate("pointerdown", "[data-filterbox] [role=option]", (event, option) => {
  event.preventDefault();
  take(boxOf(option), option);
});

// A faulty text stays here; a good one goes where the form leads, by htmx or plainly.
document.addEventListener("submit", async (event) => {
  const form = event.target instanceof Element ? event.target.closest("[data-filterbox-form]") : null;
  if (!form) return;
  if (isChecked) { isChecked = false; return; }
  event.preventDefault();
  event.stopImmediatePropagation();
  const box = boxOf(form);
  close(box);
  isQuiet = true;
  const answer = await swap($("#filternotes", box), box.dataset.checkUrl, { q: inputOf(box).value });
  if (answer?.status === 422) { showFault(box); return; }
  inputOf(box).removeAttribute("aria-invalid");
  isChecked = true;
  form.requestSubmit();
}, true);

// -- chips ---------------------------------------------------------------------------------------------------------------

// The text of a chip becomes the button that edits it, which does nothing without this file.
function wake() {
  for (const button of $$("[data-chip-edit][hidden]")) {
    const chip = button.closest("[data-chip]"), text = $("bdi", chip);
    button.replaceChildren(text);
    chip.prepend(button);
    button.hidden = false;
  }
}
wake();
document.addEventListener("htmx:afterSettle", wake);

delegate("click", "[data-chip-edit]", (event, button) => {
  const box = boxOf(button), chip = button.closest("[data-chip]"), input = inputOf(box);
  input.value = input.defaultValue;
  input.focus();
  input.setSelectionRange(Number(chip.dataset.start), Number(chip.dataset.end));
});

document.addEventListener("keydown", (event) => {
  const chip = event.target instanceof Element ? event.target.closest("[data-chip]") : null;
  if (!chip || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const own = () => { event.preventDefault(); event.stopImmediatePropagation(); };
  const all = $$("[data-chip]", boxOf(chip)), at = all.indexOf(chip);
  const isRtl = getComputedStyle(chip).direction === "rtl";
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    own();
    const next = all[at + ((event.key === "ArrowRight") !== isRtl ? 1 : -1)];
    if (next) $("button:not([hidden])", next).focus();
    else if (at === all.length - 1) inputOf(boxOf(chip)).focus();
  } else if (event.key === "Delete" || event.key === "Backspace") {
    own();
    $("[data-chip-remove]", chip).click();
  } else if (event.key === "-") {
    own();
    $("[data-chip-negate]", chip)?.click();
  }
}, true);
