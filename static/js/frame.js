// The frame's own controls: rail labels, which time leads, the product's safety settings for htmx.
import { $, delegate, root, setCookie, serverNow, facts } from "./page.js";

// Rows and menus keep what the person did to them when the server's version is morphed in (HTX-9); forms elsewhere take the server's.
if (window.Idiomorph) {
  window.Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
    !((name === "checked" || name === "aria-selected" || name === "tabindex" || name.startsWith("data-ui-")) && node.closest?.("[data-ui-list]")) &&
    !(/^(open|data-(peeking|dismissed))$/.test(name) && node.matches?.(".menu"));
}

delegate("click", ".rail-toggle", (event, button) => {
  const wide = document.body.classList.toggle("rail-wide");
  button.setAttribute("aria-pressed", String(wide));
  setCookie("rail", wide ? "wide" : "narrow");
});

delegate("click", "#dual-clock", () => {
  root.dataset.leads = root.dataset.leads === "utc" ? "local" : "utc";
  setCookie("leads", root.dataset.leads);
  document.dispatchEvent(new CustomEvent("say", { detail: { text: $("#dual-clock")?.textContent ?? "" } }));
});

function showTime() {
  const clock = $("#dual-clock");
  if (!clock) return;
  const now = new Date(serverNow()), { zone = "UTC", hour12 } = facts();
  $("[data-part=utc]", clock).textContent = `${now.toISOString().slice(11, 16)}Z`;
  const local = $(".dual-local", clock);
  local.hidden = zone === "UTC";
  if (zone === "UTC") return;
  const hours = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hour12: hour12 === "1" }).format(now);
  const city = zone.split("/").at(-1).replaceAll("_", " ");
  $("[data-part=local]", local).textContent = `${hours} ${city}`;
}
showTime();
setInterval(showTime, 5000);
document.addEventListener("htmx:afterSettle", showTime);

// Signing out forgets what this browser kept of unsent texts.
delegate("submit", "[data-sign-out]", () => {
  for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
});
