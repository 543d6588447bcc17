// The decision panel (templates/escalations/case/_decision_form.html); without this file a plain form. More: docs/markup.md.
import { $, $$, delegate, htmx, later, say, send } from "./page.js";
import { onKey } from "./keys.js";

const PAUSE_MS = 60;
const TAKEDOWNS = new Set(["remove", "restrict", "account_action"]);
const NEEDS_WORDS = new Set(["restore", "policy_gap"]);
const form = () => $("#decision-form");
// By selector: the ticks are called "elements", which hides the form's own list of fields.
const field = (name, box = form()) => $(`[name="${name}"]`, box);
const search = () => $("#clause-search");
const options = () => $$("#suggestions button[role=option]");
const verdict = () => $("input[name=verdict]:checked", form())?.value ?? "";
const isShut = () => Boolean($("#decision_state[data-shut]"));
let asking = null, fetching = null;

// -- verdicts
for (let digit = 1; digit <= 7; digit += 1) {
  onKey("case", `verdict-${digit}`, () => {
    const radio = form() && $(`input[name=verdict][data-digit="${digit}"]`, form());
    if (!radio || isShut()) return false;
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    if (field("clause").value && $("#decision_clause [data-checklist]")) $("#decision_clause [data-checklist] input")?.focus();
    else { search().focus(); search().select(); }
    say(radio.closest("label").innerText.replace(/\s+/g, " "));
    return true;
  });
}
delegate("change", "#decision-form input[name=verdict]", () => {
  const part = $("#decision_clause");
  // Ticks that nobody touched follow the verdict; the server puts in what the clause needs.
  if (!("touched" in part.dataset)) part.querySelector("input[name=card]").value = "";
  const severe = $("textarea[name=rationale]", form()).dataset.severe === "1";
  $("#rationale-need").dataset.kept = severe || NEEDS_WORDS.has(verdict()) ? "1" : "";
  deviation();
  fetchClause();
});

// -- clauses
function mark(at) {
  const all = options();
  all.forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
  if (!all[at]) { search()?.removeAttribute("aria-activedescendant"); return; }
  search().setAttribute("aria-activedescendant", all[at].id);
  all[at].scrollIntoView({ block: "nearest" });
}
const marked = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");

async function look() {
  const box = form();
  if (!box) return;
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await send(`${box.dataset.clausesUrl}?${new URLSearchParams({ q: search().value })}`, { method: "GET", signal: asking.signal });
    if (!answer?.ok) return;
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    $("#suggestions").replaceWith(holder.content.firstElementChild);
    if (document.activeElement === search()) mark(options().length ? 0 : -1);
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}
const lookSoon = later(look, PAUSE_MS);
delegate("input", "#clause-search", (event) => { if (!event.isComposing) lookSoon(); });
delegate("focusin", "#clause-search", () => { if (options().length) mark(Math.max(marked(), 0)); });

function accept(option) {
  const box = form(), isFurther = $("input[name=further]", box).checked && field("clause", box).value;
  if (!isFurther) {
    if (field("clause", box).value !== option.value && !option.closest("#replaced")) $("#decision_clause input[name=card]").value = "";
    field("clause", box).value = option.value;
  }
  $("input[name=further]", box).checked = false;
  say(option.dataset.citation);
  fetchClause(isFurther ? { choose: option.value, further: "1" } : {});
}
delegate("click", "#decision-form button[name=choose]", (event, option) => { event.preventDefault(); accept(option); });
// What took the place of the clause keeps the ticks that it still has: its elements have the same keys (DEC-13).
document.addEventListener("live:policy.changed", (event) => {
  const citation = $("#decision_clause")?.dataset.citation ?? "";
  if (citation.startsWith(`${event.detail?.key}@`)) fetchClause();
});
delegate("click", "#decision-form button[name=drop]", (event, button) => { event.preventDefault(); fetchClause({ drop: button.value }); });
onKey("decision", "clause-accept", () => {
  const option = options()[Math.max(marked(), 0)];
  if (option) accept(option);
  return true;
});
const step = (by) => () => { const all = options(); if (all.length) mark((marked() + by + all.length) % all.length); return true; };
onKey("decision", "clause-down", step(1));
onKey("decision", "clause-up", step(-1));

// -- the card, the actions and the rationale's first line
async function fetchClause(extra = {}) {
  const box = form();
  if (!box) return;
  const body = new FormData(box);
  for (const name of ["q", "further"]) body.delete(name);
  for (const [name, value] of Object.entries(extra)) body.set(name, value);
  fetching?.abort();
  fetching = new AbortController();
  try {
    const answer = await send(box.dataset.clauseUrl, { body, signal: fetching.signal });
    if (!answer?.ok) return;
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    const fresh = holder.content.firstElementChild, old = $("#decision_clause");
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    if ("touched" in old.dataset && $("input[name=card]", old).value === $("input[name=card]", fresh).value) fresh.dataset.touched = "1";
    old.replaceWith(fresh);
    htmx()?.process(fresh);
    if (focused) document.getElementById(focused)?.focus();
    redraft();
    deviation();
    steps();
    fetchBeside();
    box.dispatchEvent(new Event("change", { bubbles: true })); // the draft is kept
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

// -- precedents, asked for when the clause stands: deciding never waits for them (DEC-5)
let besideFetching = null;
async function fetchBeside() {
  const box = form(), place = $("#decision_beside");
  if (!box || !place || !(verdict() || field("clause", box).value)) return;
  const body = new FormData(box);
  for (const name of ["q", "further", "rationale"]) body.delete(name);
  besideFetching?.abort();
  besideFetching = new AbortController();
  try {
    const answer = await send(box.dataset.besideUrl, { body, signal: besideFetching.signal });
    const old = $("#decision_beside");
    if (!answer?.ok || !old || old.contains(document.activeElement)) return;
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    old.replaceWith(holder.content.firstElementChild);
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}
const besideSoon = later(fetchBeside, 200);
const showBeside = () => { if ($("#decision_beside:not([data-loaded])") && (verdict() || field("clause")?.value)) fetchBeside(); };
delegate("change", "#decision_beside select[data-notice]", (event, select) => { select.blur(); fetchBeside(); });
document.addEventListener("htmx:afterSettle", showBeside);
showBeside();
onKey("decision", "cite", () => {
  const boxes = $$("#decision_beside input[name=cites]:not(:disabled)");
  const box = boxes.find((one) => one === document.activeElement) ?? boxes.find((one) => !one.checked) ?? boxes[0];
  box?.click();
  return Boolean(box);
});
delegate("change", "#decision_beside input[name=cites]", (event, box) => {
  const area = field("rationale"), cited = box.dataset.cite;
  area.value = box.checked ? `${area.value.trim()} ${cited}.`.trim() : area.value.replace(`${cited}.`, "").replace(/ {2,}/g, " ").trim();
  area.dispatchEvent(new Event("input", { bubbles: true }));
  say(cited);
});

/** The same line as escalations/operations/decisions.py `drafted_rationale`. */
function drafted() {
  const part = $("#decision_clause"), citation = part.dataset.citation;
  if (!citation || !verdict()) return "";
  const boxes = $$("input[name=elements]", part), isTakedown = TAKEDOWNS.has(verdict());
  const said = boxes.filter((box) => box.checked === isTakedown).map((box) => $(`label[for="${CSS.escape(box.id)}"]`, part).textContent.trim().replace(/\.+$/, ""));
  if (!said.length) return "";
  return isTakedown ? `${citation}: ${said.join("; ")}.` : `${citation}, ${part.dataset.notShown}: ${said.join("; ")}.`;
}
function redraft() {
  const box = form(), area = field("rationale", box), before = field("drafted", box).value, text = area.value.trim(), now = drafted();
  if (text && !(before && text.startsWith(before))) { field("drafted", box).value = now; return; } // all of it is the person's
  const own = text.slice(before.length).trim();
  area.value = `${now} ${own}`.trim();
  field("drafted", box).value = now;
}
/** Other steps than the ladder's ask why, and for a line (DEC-7, DEC-8); the server says the same. */
function deviation() {
  const part = $("#decision-actions"), why = $("#decision-deviation"), need = $("#rationale-need");
  const expected = (part?.dataset.expected ?? "").split(" ").filter(Boolean);
  const ticked = $$("input[name=actions]:checked", part ?? document).map((box) => box.value + ($("[name^=days]", box.closest(".act"))?.value ?? ""));
  const differs = Boolean(why) && expected.length > 0 && TAKEDOWNS.has(verdict())
    && (ticked.length !== expected.length || expected.some((step) => !ticked.includes(step)));
  if (why) why.hidden = !differs;
  if (need) need.hidden = !(differs || need.dataset.kept);
}
delegate("change", "#decision_clause input", (event, box) => {
  $("#decision_clause").dataset.touched = "1";
  deviation();
  if (box.name === "elements") redraft();
  else besideSoon();
});

function steps() {
  const box = form();
  if (!box) return;
  const text = field("rationale", box).value.trim(), own = text.replace(field("drafted", box).value, "").trim();
  $("#rationale-count").value = text.length;
  const filled = {
    verdict: Boolean(verdict()),
    clause: Boolean(field("clause", box).value),
    elements: $$("input[name=elements]:checked", box).length > 0,
    actions: $$("input[name=actions]:checked", box).length > 0,
    rationale: Boolean($("#rationale-need").hidden ? text : own),
  };
  for (const link of $$("[data-step]", box)) {
    link.toggleAttribute("data-missing", !filled[link.dataset.step]);
    $("[data-step-word]", link).textContent = filled[link.dataset.step] ? link.dataset.filled : link.dataset.empty;
  }
}
document.addEventListener("input", (event) => { if (event.target.closest?.("#decision-form")) steps(); });
document.addEventListener("change", (event) => { if (event.target.closest?.("#decision-form")) steps(); });
delegate("click", "[data-step]", (event, link) => {
  event.preventDefault();
  const part = document.getElementById(link.hash.slice(1)) ?? $("#decision-clause");
  part.scrollIntoView({ block: "nearest" });
  ($("input:checked, input:not([type=hidden]), textarea", part) ?? part).focus();
});

// Enter inside a field or on a box never sends the form: only Submit and Ctrl+Enter do.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.target.closest?.("#decision-form") && event.target.matches("input")) event.preventDefault();
});

// htmx knows the pressed button from a click alone; a key asks for it by requestSubmit.
let pressed = "";
document.addEventListener("submit", (event) => { if (event.target === form()) pressed = event.submitter?.name === "do" ? event.submitter.value : ""; }, true);
document.addEventListener("htmx:configRequest", (event) => {
  if (pressed && event.detail.elt === form()) (event.detail.formData ?? event.detail.parameters).set("do", pressed);
});

// -- keys of the panel
onKey("decision", "actions", () => { const box = $("#decision-actions input"); box?.focus(); return Boolean(box); });
onKey("decision", "why-suggested", () => {
  const option = options()[Math.max(marked(), 0)];
  if (option) say(`${option.dataset.citation}: ${$(".why", option).textContent}`);
  return Boolean(option);
});
delegate("click", "[data-decision-close]", (event, link) => {
  const heading = $("#casehead h1");
  if (!heading) return;
  event.preventDefault();
  link.blur(); // leaving the form saves its draft
  heading.scrollIntoView({ block: "nearest" });
  heading.focus({ preventScroll: true });
});

// A panel that somebody else closed keeps what was typed, to be read and compared, and sends nothing.
document.addEventListener("htmx:afterSettle", () => {
  const box = form();
  if (!box || !isShut()) return;
  for (const button of $$("button[type=submit]", box)) button.disabled = true;
  for (const field of $$("textarea, input.bare, #gap-question", box)) field.readOnly = true;
  for (const tick of $$("input[type=checkbox], input[type=radio]", box)) tick.disabled = true;
});

// -- the second person (templates/escalations/approvals/_approval.html): refusing by key goes to the reason first, which whoever decided reads.
onKey("answer", "refuse", () => {
  const reason = $("#approval-reason");
  if (!reason || reason.value.trim()) return false;
  reason.focus();
  return true;
});
