// Push on this device: the button asks the browser, fills the form and sends it. Markup: docs/markup.md.
import { $, delegate, say } from "./page.js";

const can = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function show() {
  const form = $("form[data-push]");
  if (!form || !can) return;
  form.hidden = false;
  const none = $("[data-push-none]");
  if (none) none.hidden = true;
}

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));

function deviceName() {
  const data = navigator.userAgentData;
  if (data) return `${data.brands.at(-1)?.brand ?? ""}, ${data.platform}`;
  const browser = /(Firefox|Edg|Chrome|Safari)\//.exec(navigator.userAgent)?.[1] ?? "";
  return `${browser} ${/\(([^;)]+)/.exec(navigator.userAgent)?.[1] ?? ""}`.trim();
}

delegate("click", "[data-push-on]", async (event, button) => {
  event.preventDefault();
  const form = button.form;
  button.disabled = true;
  try {
    if (await Notification.requestPermission() !== "granted") { say(form.dataset.pushRefused); return; }
    await navigator.serviceWorker.register("/push-worker.js", { scope: "/" });
    const worker = await navigator.serviceWorker.ready;
    const key = bytes(form.dataset.pushKey);
    // A subscription made under another key, by another installation at this address, cannot be used.
    await (await worker.pushManager.getSubscription())?.unsubscribe();
    const found = (await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })).toJSON();
    form.elements.endpoint.value = found.endpoint;
    form.elements.p256dh.value = found.keys.p256dh;
    form.elements.auth.value = found.keys.auth;
    form.elements.name.value = deviceName();
    form.submit();
  } catch {
    say(form.dataset.pushFailed);
  } finally {
    button.disabled = false;
  }
});

document.addEventListener("htmx:afterSettle", show);
show();
