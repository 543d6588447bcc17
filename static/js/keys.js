// The keyboard. Reads the registry that core/keys.py wrote into the head; a key presses the visible control that carries
// data-key-action. Nothing here knows what an action does; list.js, toasts.js and others may answer with onKey().
import { $, $$, takesText, delegate } from "./page.js";

const CHORD_MS = 1000;
const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const registry = JSON.parse($("#key-registry")?.textContent || '{"keys":[],"scopes":{},"words":{}}');
const handlers = new Map();
let pending = "", pendingTimer = 0;

/** Answer an action in script; return false to let the control be pressed instead. */
export function onKey(scope, action, work) { handlers.set(`${scope}.${action}`, work); }
export const keyList = () => registry.keys;

/** How the registry writes the combinations an event may mean, the likelier first. */
export function combinations(event) {
  const mods = (event.ctrlKey || event.metaKey ? "Mod+" : "") + (event.altKey ? "Alt+" : "");
  let key = event.key;
  if (event.altKey && /^(Key|Digit)/.test(event.code)) key = event.code.replace(/^(Key|Digit)/, "").toLowerCase();
  // A keyboard without Latin letters: the place of the key decides.
  if (key.length === 1 && key.charCodeAt(0) > 0x24f && event.code.startsWith("Key")) key = event.code.slice(3);
  if (key.length !== 1) return [`${mods}${event.shiftKey ? "Shift+" : ""}${key === " " ? "Space" : key}`];
  if (key === " ") return [`${mods}${event.shiftKey ? "Shift+" : ""}Space`];
  if (key.toLowerCase() !== key.toUpperCase()) return [`${mods}${event.shiftKey ? "Shift+" : ""}${key.toLowerCase()}`];
  const found = [`${mods}${key}`];
  if (event.shiftKey) {
    const base = { Period: ".", Comma: ",", Slash: "/", Semicolon: ";" }[event.code] ?? event.code.match(/^Digit(\d)$/)?.[1];
    if (base) found.push(`${mods}Shift+${base}`);
  }
  return found;
}

/** The scopes to ask, inner ones first, each with its element. */
function scopes(target) {
  const modal = $$("dialog[open]").at(-1);
  if (modal) return [["dialog", modal]];
  const found = [];
  let element = target instanceof Element ? target.closest("[data-key-scope]") : null;
  for (; element; element = element.parentElement?.closest("[data-key-scope]")) found.push([element.dataset.keyScope, element]);
  if (!found.length) {
    const main = $("[data-key-scope]");
    if (main) found.push([main.dataset.keyScope, main]);
  }
  return [...found, ["anywhere", document.body]];
}

const usable = (element) => element && !element.disabled && element.getAttribute("aria-disabled") !== "true" && !element.closest("[hidden], [inert]");

/** The control of an action: the bulk bar's while rows are selected, else the cursor row's, else the scope's. */
function control(action, within) {
  const selector = `[data-key-action="${CSS.escape(action)}"]`;
  const places = [$("[data-ui-bulk]:not([hidden])", within), $("tr[data-ui-cursor]", within), within];
  for (const place of places) {
    const found = place && [...(place.matches?.(selector) ? [place] : []), ...$$(selector, place)].find(usable);
    if (found) return found;
  }
  // The frame's controls (the rail, the top bar) stand outside every scope; a modal dialog hides them.
  if (within.matches?.("dialog")) return null;
  return $$(selector).find((element) => usable(element) && !element.closest("[data-key-scope], dialog")) ?? null;
}

function press(element) {
  if (takesText(element)) {
    element.focus();
    if (element.select && element.matches("input")) element.select();
  } else {
    element.focus({ preventScroll: true });
    element.click();
  }
  return true;
}

/** Do an action in a scope: a script's answer first, then its control. */
export function run(scope, action, within = document.body, event = null) {
  const work = handlers.get(`${scope}.${action}`);
  if (work && work(event) !== false) return true;
  const found = control(action, within);
  return found ? press(found) : false;
}

const halves = (written) => written.split(" ");
function candidates(scope) { return registry.keys.filter((key) => key.scope === scope); }

function clearChord() {
  pending = "";
  clearTimeout(pendingTimer);
  $(".chord")?.remove();
}

function showChord(prefix, asked) {
  const bar = document.createElement("div");
  bar.className = "chord";
  const seen = new Set();
  const add = (cap, label) => {
    const item = document.createElement("span");
    item.append(Object.assign(document.createElement("kbd"), { textContent: cap }), label);
    bar.append(item);
  };
  add(prefix.replace("Alt+", "Alt "), "…");
  for (const [scope, within] of asked) {
    for (const key of candidates(scope)) {
      for (const written of key.keys) {
        const [first, second] = halves(written);
        if (first !== prefix || !second || seen.has(second)) continue;
        if (!handlers.has(`${scope}.${key.action}`) && !control(key.action, within)) continue;
        seen.add(second);
        add(second, key.label);
      }
    }
  }
  $(".chord")?.remove();
  document.body.append(bar);
}

function allowedWhileTyping(key, written, target) {
  if (written.startsWith("Mod+")) return true;
  if (key.within && target.closest?.(key.within)) return halves(written)[0].length > 1;
  return false;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  if (/^(Shift|Control|Alt|Meta|CapsLock|Tab|Dead)$/.test(event.key)) return;
  const target = event.target, typing = takesText(target);
  const asked = scopes(target), pressed = combinations(event);

  if (pending) {
    const prefix = pending;
    clearChord();
    const second = pressed.map((one) => one.replace(/^Alt\+/, ""));
    for (const [scope, within] of asked) {
      for (const key of candidates(scope)) {
        if (!key.keys.some((written) => { const [a, b] = halves(written); return a === prefix && b && second.includes(b); })) continue;
        event.preventDefault();
        run(scope, key.action, within, event);
        return;
      }
    }
    if (event.key === "Escape") { event.preventDefault(); return; }
  }

  if (event.key === "Escape") {
    if ($("dialog[open]")) return; // the browser closes it
    const menu = $("details.menu[open]");
    if (menu) { event.preventDefault(); menu.open = false; $("summary", menu)?.focus(); return; }
  }

  for (const [scope, within] of asked) {
    for (const key of candidates(scope)) {
      if (key.within && !target.closest?.(key.within)) continue;
      for (const written of key.keys) {
        const [first, second] = halves(written);
        if (!pressed.includes(first)) continue;
        if (typing && !allowedWhileTyping(key, written, target) && first !== "Escape") continue;
        if (second) {
          event.preventDefault();
          pending = first;
          pendingTimer = setTimeout(clearChord, CHORD_MS);
          showChord(first, asked);
          return;
        }
        // Enter on a link or a button is that control's own; arrows move inside radios, menus and sliders.
        if (first === "Enter" && target.closest?.("a, button, summary, input, select, textarea, [role=option]") && !key.within) continue;
        if (/^Arrow/.test(first) && target.closest?.("input, select, textarea, [role=tablist], [role=listbox]") && !key.within) continue;
        if (run(scope, key.action, within, event)) { event.preventDefault(); return; }
      }
    }
  }
  if (event.key === "Escape" && typing) target.blur();
});
window.addEventListener("blur", clearChord);

// Printed keys follow the reader's keyboard; somebody who switched single keys off sees none printed.
function dress(part = document) {
  if (isMac) for (const cap of $$("kbd", part)) if (cap.textContent.includes("Ctrl+")) cap.textContent = cap.textContent.replace("Ctrl+", "⌘");
}
dress();
document.addEventListener("htmx:afterSettle", (event) => dress(event.detail.elt instanceof Element ? event.detail.elt : document));
delegate("click", "[data-copy]", async (event, button) => {
  event.preventDefault();
  copy(button.dataset.copy);
});

/** Put text on the clipboard and say so. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = Object.assign(document.createElement("textarea"), { value: text, className: "vh" });
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  document.dispatchEvent(new CustomEvent("say", { detail: { text: `${registry.words.copied}: ${text}` } }));
}
