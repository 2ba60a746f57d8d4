// Runs before the first paint, so that a remembered theme does not flash. The rest is in state/preferences.js.
try {
  const theme = JSON.parse(localStorage.getItem("airbox.preferences") ?? "{}").theme;
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // storage is off or holds something else: follow the system
}
