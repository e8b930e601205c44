// Runs before the first paint, so that a chosen theme never flashes up in the other one.
try {
  const chosen = localStorage.getItem("launchpad.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is forbidden: the system's theme it is.
}
