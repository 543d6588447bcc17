// One event stream per browser (HTX-1): the tab with the lock reads it and tells the others; ids only (HTX-2). Markup: docs/markup.md.
import { $, $$, coalesce, delegate, facts, root, say, send, serverNow, word } from "./page.js";

const SIGNALS = ["case.changed", "queue.changed", "presence", "inbox.changed", "policy.changed", "outbox.changed"];
const POLL_AFTER_MS = 30_000, POLL_MS = 15_000, BLOCK_AFTER_MS = 120_000, LEASE_MS = 60_000, GRACE_MS = 3000;
const channel = "BroadcastChannel" in window ? new BroadcastChannel("live") : null;
let source = null, tries = 0, leader = false, wasLive = false, lastData = 0, lastContact = performance.now(), brokenAt = 0, state = "connecting", pollTimer = 0;

function show(next) {
  const box = $("#live");
  if (!box) return;
  state = next;
  root.dataset.live = next;
  const time = new Date(lastData || serverNow()).toISOString().slice(11, 19) + "Z";
  const text = word(next, { time });
  box.dataset.state = next;
  const place = $(".live-text", box);
  if (place.textContent !== text) place.textContent = text;
}

function hear(signal, data) {
  document.dispatchEvent(new CustomEvent(`live:${signal}`, { detail: data }));
  if (signal === "refresh") { for (const part of $$("[data-live-url]")) refresh(part); return; }
  for (const part of $$("[data-live-on]")) {
    const wanted = part.dataset.liveOn.split(/\s+/).some((one) => one === signal || one === `${signal}:${data.key ?? data.queue ?? ""}`);
    if (!wanted || (data.rev && Number(part.dataset.liveRev) >= data.rev)) continue;
    refresh(part);
  }
}

// An answer of ours may ask for it too (HX-Trigger): what was done elsewhere on the page shows in its live parts at once.
document.addEventListener("live:refresh", (event) => { if (event.target !== document) for (const part of $$("[data-live-url]")) refresh(part); });

const regions = new Map();
function refresh(part) {
  if (!part?.id) return;
  if (!regions.has(part.id)) {
    regions.set(part.id, coalesce(() => {
      const now = document.getElementById(part.id);
      if (!now?.dataset.liveUrl) return;
      window.htmx.ajax("GET", now.dataset.liveUrl, { target: now, swap: now.dataset.liveSwap ?? "morph", source: now });
    }, 1000));
  }
  regions.get(part.id)();
}

/** To this page and, from the leader, to the other tabs. */
function tell(message) {
  if (leader) channel?.postMessage(message);
  take(message);
}
function take(message) {
  lastContact = performance.now();
  if (message.kind === "signal") { lastData = serverNow(); hear(message.signal, message.data); }
  else if (message.kind === "open") { brokenAt = 0; wasLive = true; stopPolling(); lastData = serverNow(); show("live"); unblock(); if (message.again) hear("refresh", {}); }
  else if (message.kind === "broken") broke();
}
channel?.addEventListener("message", (event) => {
  if (event.data.kind === "hello") { if (leader && source?.readyState === EventSource.OPEN) channel.postMessage({ kind: "open", again: false }); return; }
  take(event.data);
});

function broke() {
  brokenAt ||= performance.now();
  if (state === "polling" || state === "offline") return;
  if (!navigator.onLine) { show("offline"); return; }
  // A stream that ends in good order is back within seconds: only a longer gap is worth a word.
  setTimeout(() => { if (brokenAt && state !== "polling" && state !== "offline") show("reconnecting"); }, GRACE_MS);
}

function connect() {
  const url = facts().stream;
  if (!url) return;
  source?.close();
  source = new EventSource(url);
  // Again also where another tab led until now: what was said in between is lost.
  source.addEventListener("open", () => { const again = brokenAt > 0 || wasLive; tries = 0; tell({ kind: "open", again }); });
  for (const signal of SIGNALS) {
    source.addEventListener(signal, (event) => {
      let data = {};
      try { data = JSON.parse(event.data || "{}"); } catch { return; }
      tell({ kind: "signal", signal, data });
    });
  }
  source.addEventListener("ping", () => { lastContact = performance.now(); lastData = serverNow(); });
  source.addEventListener("error", () => {
    tell({ kind: "broken" });
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again itself, after the server's retry
    tries += 1;
    setTimeout(connect, Math.min(30_000, 1000 * 2 ** Math.min(tries, 5)) * (0.5 + Math.random()));
  });
}

// -- polling and blocking (FRM-3, ux.md §10)
async function poll() {
  const answer = await send(facts().ping || location.href, { method: "HEAD" });
  if (!answer) return;
  lastContact = performance.now();
  lastData = serverNow();
  unblock();
  show("polling");
  hear("refresh", {});
}
function stopPolling() { clearInterval(pollTimer); pollTimer = 0; }
setInterval(() => {
  if (!brokenAt || !$("#live")) return;
  const broken = performance.now() - brokenAt;
  if (broken > POLL_AFTER_MS && !pollTimer) { poll(); pollTimer = setInterval(poll, POLL_MS); }
  if (performance.now() - lastContact > BLOCK_AFTER_MS || (!navigator.onLine && broken > BLOCK_AFTER_MS)) block();
}, 1000);

function block() {
  if (root.dataset.blocked) return;
  root.dataset.blocked = "1";
  show("offline");
  const banner = $("#tpl-offline");
  if (banner) $("#banners")?.prepend(banner.content.cloneNode(true));
  say(word("offline"), "#alert");
}
function unblock() {
  if (!root.dataset.blocked) return;
  delete root.dataset.blocked;
  $("#banners .banner-warn[role=alert]")?.remove();
}
// Claims and submits wait while the server is out of reach; drafts go on.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (root.dataset.blocked && event.detail.requestConfig?.verb !== "get") { event.preventDefault(); say(word("offline"), "#alert"); }
});
document.addEventListener("submit", (event) => {
  if (root.dataset.blocked && event.target.method === "post") { event.preventDefault(); event.stopImmediatePropagation(); say(word("offline"), "#alert"); }
}, true);
document.addEventListener("htmx:afterOnLoad", () => { lastContact = performance.now(); });
window.addEventListener("offline", () => { if ($("#live")) { brokenAt ||= performance.now(); show("offline"); } });
window.addEventListener("online", () => { if (brokenAt) { show("reconnecting"); if (leader && source?.readyState === EventSource.CLOSED) connect(); } });

// -- the lease of a claimed case: only somebody at work renews it (HTX-13); who does not is told before it ends, and after (SLA-8)
const WARN_MS = 180_000, LEASE_S = 900;
let worked = false, acted = 0, leased = "", until = 0, told = "", renewing = false;
const banner = (name) => {
  if (told === name) return;
  told = name;
  $("#lease")?.remove();
  const words = name && $(`#tpl-lease-${name}`);
  if (!words) return;
  refresh($("[data-lease-url]")); // another tab may have renewed it
  $("#banners")?.prepend(words.content.cloneNode(true));
  say($("#lease .words")?.textContent, "#alert");
};
function watchLease() {
  const part = $("[data-lease-url]"), given = part ? `${part.dataset.leaseUrl} ${part.dataset.leaseUntil ?? ""}` : "";
  if (given !== leased) {
    // Given back by somebody's hand: no word. Lost by waiting: the word stays until it is taken again or the page is left.
    if (given || told !== "over" || !$("[data-live-on^='case.changed']")) { until = Date.parse(part?.dataset.leaseUntil ?? "") || 0; banner(""); }
    leased = given;
  }
  if (!until) return;
  const left = until - serverNow();
  banner(left <= 0 ? "over" : left <= WARN_MS ? "ends" : "");
}
async function renew() {
  const part = $("[data-lease-url]");
  if (!part || root.dataset.blocked || told === "over") return;
  worked = false;
  renewing = true;
  const answer = await send(part.dataset.leaseUrl);
  renewing = false;
  if (answer?.ok && until) { until = serverNow() + LEASE_S * 1000; watchLease(); }
  else if (answer && !answer.ok) hear("refresh", {});
}
delegate("click", "[data-reclaim]", () => { const claim = $("[data-key-action=claim]"); if (claim) claim.click(); else location.reload(); });
for (const type of ["keydown", "pointerdown", "input", "wheel"]) document.addEventListener(type, () => { worked = true; acted = Date.now(); if (told === "ends" && !renewing) renew(); }, { passive: true, capture: true });
setInterval(() => { if (worked) renew(); }, LEASE_MS);
setInterval(watchLease, 1000);
watchLease();

// -- presence: this page says which case it shows while it is seen, and what its person writes there
const WRITING = { "note-body": "note", "reply-body": "reply" };
let wrote = "";
function doing() {
  const field = document.activeElement;
  return WRITING[field?.id] ?? (field?.closest("#decision") ? "decision" : "");
}
function presence() {
  const part = $("[data-presence-url]");
  if (!part || document.hidden) return;
  wrote = doing();
  send(part.dataset.presenceUrl, { body: new URLSearchParams({ doing: wrote, active: document.hasFocus() && Date.now() - acted < 6e4 }) });
}
presence();
setInterval(presence, 20_000);
document.addEventListener("input", () => { if (doing() !== wrote) presence(); });

function start() {
  if (!facts().stream) return;
  channel?.postMessage({ kind: "hello" });
  if (!navigator.locks || !channel) { connect(); return; }
  navigator.locks.request("live-stream", () => { leader = true; connect(); return new Promise(() => {}); }); // held until this tab goes
}
start();
document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.elt === document.body) { show(state); told = ""; watchLease(); } });
window.addEventListener("pagehide", () => source?.close());
window.addEventListener("pageshow", (event) => { if (event.persisted && source) connect(); });
