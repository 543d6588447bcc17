// Shielded media (WEL-1, WEL-3): nothing is fetched until asked; `0` hides everything. Its markup: docs/markup.md.
import { $, $$, delegate, say, takesText } from "./page.js";
import { onKey } from "./keys.js";

const PIN_MS = 60_000;
let lastInput = performance.now(), held = null;

function show(figure, kind) {
  const url = kind === "blurred" ? figure.dataset.srcBlurred : figure.dataset.src;
  const stage = $(".shield-stage", figure);
  if (!url || !stage) return;
  for (const image of $$("img", stage)) image.hidden = true;
  let image = $$("img", stage).find((one) => one.dataset.kind === kind);
  if (!image) {
    image = Object.assign(document.createElement("img"), { alt: figure.dataset.alt ?? "", decoding: "async", draggable: false });
    image.dataset.kind = kind;
    image.addEventListener("error", () => { hide(figure); figure.dataset.failed = kind; });
    image.src = url;
    stage.append(image);
  }
  image.style.filter = kind === "full" && !isPlain(figure) ? filterOf(figure.dataset.through) : "";
  image.hidden = false;
  for (const tile of $$(".tile", stage)) tile.hidden = true;
  figure.classList.add("shield-open");
  figure.dataset.open = kind;
}

const isPlain = (figure) => $("[data-shield-plain]", figure)?.getAttribute("aria-pressed") === "true";
function filterOf(words = "") {
  return words.split(" ").filter(Boolean).map((word) => (word === "grey" ? "grayscale(1)" : `blur(${Number(word.slice(5)) || 0}px)`)).join(" ");
}

/** Open what the person's settings open by themselves; a picture stays as it was left. */
function begin() {
  for (const figure of $$("[data-shield][data-start]:not([data-begun])")) {
    figure.dataset.begun = "";
    if (figure.dataset.start === "blurred" && figure.dataset.srcBlurred) show(figure, "blurred");
    if (figure.dataset.start === "shown" && figure.dataset.src) show(figure, "full");
  }
}

function hide(figure) {
  for (const image of $$(".shield-stage img", figure)) image.hidden = true;
  for (const tile of $$(".shield-stage .tile", figure)) tile.hidden = false;
  for (const pin of $$("[data-shield-pin], [data-shield-plain]", figure)) pin.setAttribute("aria-pressed", "false");
  figure.classList.remove("shield-open");
  delete figure.dataset.open;
}

// What its person wants shown by itself (only ever harmless or mild pictures) stays while nobody looks; `0` hides it, too.
const HELD = "[data-shield]:not([data-start=shown])";

/** Hide everything, or what matches, and drop what was fetched. */
export function shieldAll(which = "[data-shield]") {
  const open = $$(which);
  for (const figure of open) { hide(figure); for (const image of $$(".shield-stage img", figure)) image.remove(); }
  held = null;
  return open.length > 0;
}

function release() {
  if (!held) return;
  const figure = held;
  held = null;
  if ($("[data-shield-pin][aria-pressed=true]", figure)) return;
  hide(figure);
}
function hold(figure) { held = figure; show(figure, "full"); }
function pin(figure) {
  const button = $("[data-shield-pin]", figure), on = figure.dataset.open !== "full" || button?.getAttribute("aria-pressed") !== "true";
  if (!on) { hide(figure); return; }
  show(figure, "full");
  button?.setAttribute("aria-pressed", "true");
}

delegate("pointerdown", "[data-shield-hold]", (event, button) => { if (event.button === 0) hold(button.closest("[data-shield]")); });
for (const type of ["pointerup", "pointercancel"]) document.addEventListener(type, release);
delegate("click", "[data-shield-pin]", (event, button) => pin(button.closest("[data-shield]")));
delegate("click", "[data-shield-plain]", (event, button) => {
  const figure = button.closest("[data-shield]");
  button.setAttribute("aria-pressed", String(!isPlain(figure)));
  show(figure, "full");
  $("[data-shield-pin]", figure)?.setAttribute("aria-pressed", "true");
});
delegate("click", "[data-shield-blurred]", (event, button) => {
  const figure = button.closest("[data-shield]");
  if (figure.dataset.open === "blurred") hide(figure);
  else show(figure, "blurred");
});
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || takesText(event.target)) return;
  const figure = event.target.closest?.("[data-shield]");
  if (!figure || event.target.closest("[data-shield-pin], [data-shield-blurred], [data-shield-plain], a")) return;
  event.preventDefault();
  if (event.shiftKey) pin(figure);
  else if (!event.repeat) hold(figure);
});
document.addEventListener("keyup", (event) => { if (event.key === " ") release(); });
window.addEventListener("blur", () => { release(); for (const figure of $$(`${HELD}[data-open=full]`)) hide(figure); });
document.addEventListener("visibilitychange", () => { if (document.hidden) shieldAll(HELD); });
for (const type of ["keydown", "pointermove", "pointerdown", "scroll"]) document.addEventListener(type, () => { lastInput = performance.now(); }, { passive: true, capture: true });
setInterval(() => { if (performance.now() - lastInput > PIN_MS) for (const figure of $$(`${HELD}[data-open=full]`)) hide(figure); }, 5000);
delegate("click", "[data-key-action=shield]", () => shieldAll());
onKey("anywhere", "shield", () => shieldAll());
document.addEventListener("htmx:afterSettle", begin);
begin();

// The settings page: the harmless picture shows what was chosen (SET-1).
function tryOut() {
  const trial = $("#shield-trial"), blur = $("[data-shield-try=blur]"), grey = $("[data-shield-try=grey]");
  if (!trial || !blur || !grey) return;
  trial.style.filter = `${grey.checked ? "grayscale(1) " : ""}blur(${Number(blur.value) || 0}px)`;
  $("#blur-said").textContent = blur.value;
}
delegate("input", "[data-shield-try]", tryOut);
tryOut();

// -- a file or an address pasted onto the case, or dropped there, opens "Add evidence" with it filled in (CAS-5); nothing is sent by that
let waiting = null;

function put(found) {
  const opener = $("#add-evidence");
  if (!opener) return false;
  waiting = found;
  opener.click();
  return true;
}

function fill() {
  const form = $("#add")?.closest("form");
  if (!waiting || !form) return;
  const { file, text } = waiting;
  waiting = null;
  if (file) {
    const list = new DataTransfer();
    list.items.add(file);
    $("input[type=file]", form).files = list.files;
    say(file.name);
  } else {
    const isAddress = /^https?:\/\/\S+$/i.test(text);
    $(isAddress ? "[name=url]" : "[name=text]", form).value = text;
  }
  $("[name=note]", form)?.focus();
}
document.addEventListener("htmx:afterSettle", fill);

document.addEventListener("paste", (event) => {
  if (takesText(event.target) || !$("#add-evidence") || $("dialog[open]")) return;
  const file = event.clipboardData?.files[0], text = event.clipboardData?.getData("text/plain").trim();
  if ((file || text) && put(file ? { file } : { text })) event.preventDefault();
});

const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
const over = () => ($("#add-evidence") ? $(".casepage .mid") : null);
document.addEventListener("dragover", (event) => {
  if (!holdsFiles(event) || !over()) return;
  event.preventDefault(); // else the browser leaves the page for the file
  over().dataset.dropping = "";
});
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget && over()) delete over().dataset.dropping; });
document.addEventListener("drop", (event) => {
  if (!holdsFiles(event) || !over()) return;
  event.preventDefault();
  delete over().dataset.dropping;
  const own = event.target.closest?.("dialog[open] form")?.querySelector("#add");
  if (own) { waiting = { file: event.dataTransfer.files[0] }; fill(); } else put({ file: event.dataTransfer.files[0] });
});
