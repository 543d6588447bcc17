// ⌘K: the server's options, then the page's own controls with their keys. Markup: docs/markup.md.
import { $, $$, delegate } from "./page.js";
import { keyList, onKey, run } from "./keys.js";

const dialog = () => $("#palette"), box = () => $("#palette-q");
let opener = null, scope = "anywhere";

function open() {
  const palette = dialog();
  if (!palette) return false;
  if (palette.open) { palette.close(); return true; }
  opener = document.activeElement;
  scope = opener?.closest?.("[data-key-scope]")?.dataset.keyScope ?? $("[data-key-scope]")?.dataset.keyScope ?? "anywhere";
  palette.showModal();
  box().value = "";
  commands("");
  window.htmx.ajax("GET", box().getAttribute("hx-get"), { source: box(), target: "#palette-results", swap: "innerHTML" });
  box().focus();
  return true;
}

/** Every key of this page whose control is there, that matches the text. */
function commands(text) {
  const place = $("#palette-commands");
  const words = text.toLowerCase().trim().split(/\s+/).filter(Boolean);
  const found = keyList().filter((key) => (key.scope === scope || key.scope === "anywhere") && key.shown !== "-" && key.action !== "palette" && key.action !== "close"
    && words.every((word) => key.label.toLowerCase().includes(word))
    && $(`[data-key-action="${CSS.escape(key.action)}"]:not(:disabled)`));
  const list = document.createElement("ul");
  list.setAttribute("role", "presentation");
  found.slice(0, 8).forEach((key, index) => {
    const option = Object.assign(document.createElement("li"), { id: `palette-do-${index}` });
    option.setAttribute("role", "option");
    option.dataset.do = key.action;
    option.dataset.scope = key.scope;
    const name = Object.assign(document.createElement("span"), { textContent: key.label, className: "cut" });
    const caps = Object.assign(document.createElement("span"), { className: "k" });
    for (const part of (key.shown || key.keys[0]).split(" ")) caps.append(Object.assign(document.createElement("kbd"), { textContent: part.replace("Shift+", "⇧").replace("Mod+", "Ctrl+") }));
    option.append(name, caps);
    list.append(option);
  });
  place.replaceChildren();
  if (found.length) {
    place.append(Object.assign(document.createElement("h3"), { textContent: place.dataset.title }), list);
  }
  mark(0);
}

const options = () => $$("#palette [role=option]");
function mark(index) {
  const all = options();
  all.forEach((option, at) => { option.id ||= `palette-option-${at}`; option.setAttribute("aria-selected", String(at === index)); });
  if (all[index]) { box().setAttribute("aria-activedescendant", all[index].id); all[index].scrollIntoView({ block: "nearest" }); }
  else box()?.removeAttribute("aria-activedescendant");
}
const marked = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");

function choose(option, inTab) {
  if (!option) return;
  if (option.dataset.do) {
    dialog().close();
    opener?.focus?.();
    run(option.dataset.scope, option.dataset.do, option.dataset.scope === "anywhere" ? document.body : $(`[data-key-scope="${option.dataset.scope}"]`) ?? document.body);
    return;
  }
  const link = option.dataset.href ?? $("a[href]", option)?.href;
  if (link) {
    if (inTab) window.open(link, "_blank", "noopener");
    else location.assign(link);
    return;
  }
  $("form", option)?.requestSubmit();
}

document.addEventListener("keydown", (event) => {
  if (!dialog()?.open || event.isComposing) return;
  const all = options(), at = marked();
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    event.stopImmediatePropagation();
    const step = event.key === "ArrowDown" ? 1 : -1;
    mark((at + step + all.length) % Math.max(1, all.length));
  } else if (event.key === "Enter") {
    event.preventDefault();
    event.stopImmediatePropagation();
    choose(all[at] ?? all[0], event.ctrlKey || event.metaKey);
  } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    event.stopImmediatePropagation();
    dialog().close();
  }
}, true);
delegate("click", "#palette [role=option]", (event, option) => { if (!event.target.closest("a, button")) choose(option, event.ctrlKey || event.metaKey); });
delegate("input", "#palette-q", (event, field) => commands(field.value));
document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target?.id === "palette-results") mark(0); });
delegate("submit", ".jump-form", (event) => { if (open()) event.preventDefault(); });
onKey("anywhere", "palette", open);
