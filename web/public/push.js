// Shows what this browser is told, also when no page is open. It answers no requests: pages are loaded as they are without it.
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("push", (event) => {
  const { title, body, url, tag } = event.data.json();
  event.waitUntil(registration.showNotification(title, { body, tag, data: { url }, icon: "/icon.svg" }));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  // A page of this site, whatever was sent.
  const to = new URL(event.notification.data.url, location.origin);
  event.waitUntil(show(to.origin === location.origin ? to.href : `${location.origin}/`));
});

async function show(address) {
  const [tab] = await clients.matchAll({ type: "window", includeUncontrolled: true });
  if (tab === undefined) return clients.openWindow(address);
  // A tab of before this worker goes nowhere at its word.
  return tab.navigate(address).then(
    (shown) => shown?.focus(),
    () => clients.openWindow(address),
  );
}
