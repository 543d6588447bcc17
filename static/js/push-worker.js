// What shows pushed messages while no page of ours is open. Served at the root, so that its scope is the whole product.
self.addEventListener("push", (event) => {
  let said = {};
  try { said = event.data?.json() ?? {}; } catch { return; }
  // The same message sent twice has the same tag, and stands there once.
  event.waitUntil(self.registration.showNotification(said.title ?? "", { body: said.body ?? "", tag: said.tag, data: { url: said.url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? "/inbox/", self.location.origin);
  if (url.origin !== self.location.origin) return;
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window" });
    const same = open.find((one) => one.url === url.href);
    return same ? same.focus() : self.clients.openWindow(url.href);
  })());
});
