// What the other modules share: the page's facts, speaking, sending.
export const root = document.documentElement;
export const $ = (selector, from = document) => from.querySelector(selector);
export const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

/** Facts the server wrote on #page: serverTime, zone, hour12, stream, ping, signIn, viewer, initials. */
export const facts = () => $("#page")?.dataset ?? {};
export const csrf = () => $("meta[name=csrf-token]")?.content ?? "";

/** Put a sentence into the one polite live region (HTX-19). */
export function say(text, region = "#status") {
  const place = $(region);
  if (!place || !text) return;
  place.textContent = "";
  setTimeout(() => { place.textContent = text; }, 30);
}

/** Listen once on the document for events of elements that match. */
export function delegate(type, selector, handler, options) {
  document.addEventListener(type, (event) => {
    const element = event.target instanceof Element ? event.target.closest(selector) : null;
    if (element) handler(event, element);
  }, options);
}

/** Whether an element takes typed characters. */
export function takesText(element) {
  if (!(element instanceof HTMLElement)) return false;
  if (element.isContentEditable || element.matches("textarea, select")) return true;
  return element.matches("input") && !/^(checkbox|radio|button|submit|reset|range|file|image|color)$/.test(element.type);
}

/** Whether an answer came from the sign-in page: the session is over. Says so to the page (status.js). */
export function hasEnded(url) {
  const { signIn } = facts();
  if (!signIn || !url || location.pathname === signIn || new URL(url, location.href).pathname !== signIn) return false;
  document.dispatchEvent(new CustomEvent("session:ended"));
  return true;
}

/** A request of our own, with the CSRF token; answers the Response, or null where the server is not reached or the session is over. */
export async function send(url, { method = "POST", body, signal, headers = {} } = {}) {
  try {
    const answer = await fetch(url, { method, body, signal, credentials: "same-origin", headers: { "X-CSRFToken": csrf(), ...headers } });
    if (hasEnded(answer.redirected && answer.url)) return null;
    document.dispatchEvent(new CustomEvent("answered", { detail: answer.headers.get("X-Release") }));
    return answer;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return null;
  }
}

export function setCookie(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

/** At once for the first call, then at most one per `pause` ms, and always one for the last (HTX-4). */
export function coalesce(work, pause = 1000) {
  let timer = 0, again = false;
  const run = () => {
    again = false;
    timer = setTimeout(() => { timer = 0; if (again) run(); }, pause);
    work();
  };
  return () => { if (timer) again = true; else run(); };
}

export const later = (work, ms) => {
  let timer = 0;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => work(...given), ms); };
};

/** Server time in ms since 1970: the page's stamp plus what has passed since, whatever the computer's clock says (SLA-5). */
let stamp = "", offset = Date.now() - performance.now();
export function serverNow() {
  const given = facts().serverTime;
  if (given && given !== stamp) {
    const first = !stamp;
    stamp = given;
    const began = first ? performance.getEntriesByType("navigation")[0]?.responseStart || performance.now() : performance.now();
    offset = Date.parse(given) - began;
  }
  return offset + performance.now();
}

let words = null;
/** A translated sentence of the registry island, with its {places} filled. */
export function word(name, places = {}) {
  words ??= JSON.parse($("#key-registry")?.textContent || "{}").words ?? {};
  return (words[name] ?? name).replace(/\{(\w+)\}/g, (whole, place) => places[place] ?? whole);
}

/** htmx is a classic script; modules run after it. */
export const htmx = () => window.htmx;
