// Clock chips tick from server time: each minute, on the case page each second below ten minutes (SLA-3). Bands change as
// time passes (SLA-4); only the viewer's own cases are announced (SLA-6). core/clockface.py says the same on the server.
import { $, $$, say, serverNow, word } from "./page.js";

const GLYPH = { risk: "ckrisk", due: "ckdue", breach: "ckbreach" };
const RANK = { ok: 0, risk: 1, due: 2, breach: 3 };

export function remaining(ms, seconds) {
  const sign = ms < 0 ? "+" : "";
  const total = Math.floor(Math.abs(ms) / 1000);
  const minutes = Math.floor(total / 60), hours = Math.floor(total / 3600), days = Math.floor(total / 86400);
  if (total >= 172800) return `${sign}${days}d ${hours % 24}h`;
  if (total >= 3600) return `${sign}${hours}h ${String(minutes % 60).padStart(2, "0")}m`;
  if (total >= 600 || !seconds) return `${sign}${minutes}m`;
  return `${sign}${minutes}:${String(total % 60).padStart(2, "0")}`;
}

export function band(ms, risk, due) {
  if (ms < 0) return "breach";
  if (ms <= due * 1000) return "due";
  return ms <= risk * 1000 ? "risk" : "ok";
}

function draw(chip, now) {
  const left = Date.parse(chip.dataset.due) - now;
  const text = $(".tick-text", chip), words = `${chip.dataset.letter} ${remaining(left, "seconds" in chip.dataset)}`;
  if (text && text.textContent !== words) text.textContent = words;
  const is = band(left, Number(chip.dataset.risk), Number(chip.dataset.now));
  const was = Object.keys(RANK).find((name) => chip.classList.contains(name)) ?? "ok";
  if (is === was) return;
  chip.classList.replace(was, is);
  const spoken = word(`band_${is}`);
  const place = $(".band-text", chip);
  if (place) place.textContent = spoken;
  const use = $("use", chip), sprite = $("use")?.getAttribute("href")?.split("#")[0];
  if (GLYPH[is] && sprite) {
    if (use) use.setAttribute("href", `${sprite}#${GLYPH[is]}`);
    else chip.insertAdjacentHTML("afterbegin", `<svg class="g" aria-hidden="true"><use href="${sprite}#${GLYPH[is]}"></use></svg>`);
  }
  if ("mine" in chip.dataset && RANK[is] > RANK[was] && is !== "due") say(`${chip.title} — ${spoken}`);
}

function tick() {
  const now = serverNow();
  for (const chip of $$("[data-clock]")) draw(chip, now);
}

let timer = 0;
function plan() {
  clearTimeout(timer);
  const pause = $("[data-clock][data-seconds]") ? 1000 : 15_000;
  timer = setTimeout(() => { tick(); plan(); }, pause - (serverNow() % pause));
}
tick();
plan();
document.addEventListener("htmx:afterSettle", () => { tick(); plan(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) { tick(); plan(); } });
