/**
 * The page's keys in one table: what they do, where they work and how the sheet shows them.
 * `typing` keys also work while a text field has the focus.
 */
export const SHORTCUTS = [
  { action: "make", keys: ["Ctrl", "Enter"], typing: true, matches: (e) => e.key === "Enter" && (e.ctrlKey || e.metaKey) },
  { action: "cancel", keys: ["Esc"], typing: true, matches: (e) => e.key === "Escape" && plain(e) },
  { action: "focusPrompt", keys: ["/"], matches: (e) => e.key === "/" && plain(e) },
  { action: "again", keys: ["A"], matches: (e) => letter(e, "a") },
  { action: "variation", keys: ["V"], matches: (e) => letter(e, "v") },
  { action: "download", keys: ["D"], matches: (e) => letter(e, "d") },
  { action: "copyPrompt", keys: ["C"], matches: (e) => letter(e, "c") },
  { action: "delete", keys: ["Del"], matches: (e) => e.key === "Delete" && plain(e) },
  { action: "open", keys: ["Enter"], shown: true, matches: () => false },
  { action: "move", keys: ["←", "↑", "→", "↓"], shown: true, matches: () => false },
  { action: "tabs", keys: ["1", "2", "3", "4"], matches: (e) => /^[1-9]$/.test(e.key) && plain(e) },
  { action: "theme", keys: ["T"], matches: (e) => letter(e, "t") },
  { action: "help", keys: ["?"], matches: (e) => e.key === "?" && !e.ctrlKey && !e.metaKey && !e.altKey },
];

/** What the modifier is called on this machine's keyboard. */
export function modifierName() {
  return /mac|iphone|ipad/i.test(navigator.platform) ? "⌘" : "Ctrl";
}

/**
 * The shortcut that a key press means, or null.
 *
 * @param {KeyboardEvent} event
 * @param {boolean} typing whether a text field has the focus
 */
export function shortcutFor(event, typing) {
  return SHORTCUTS.find((shortcut) => (shortcut.typing || !typing) && shortcut.matches(event))?.action ?? null;
}

/** Whether keys pressed there are text. @param {Element | null} element */
export function isTyping(element) {
  if (!element) return false;
  if (element.isContentEditable || element.tagName === "TEXTAREA" || element.tagName === "SELECT") return true;
  return element.tagName === "INPUT" && !["checkbox", "radio", "range", "button", "file"].includes(element.type);
}

function plain({ ctrlKey, metaKey, altKey, shiftKey }) {
  return !ctrlKey && !metaKey && !altKey && !shiftKey;
}

function letter(event, wanted) {
  return event.key.toLowerCase() === wanted && plain(event);
}
