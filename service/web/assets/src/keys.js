// Keys for people who work fast. Every key presses a button that is there to be clicked as well.

const SINGLE = "single-keys";
const plain = (event) => !(event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented);
const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

document.documentElement.classList.add("script");

// Function keys, and Alt with a digit, hold for the whole page: <button data-key="F2">. With data-first, an empty field
// comes first.
const pressed = (event) => {
  if (plain(event)) return event.key;
  const digit = event.altKey && !(event.ctrlKey || event.metaKey) && event.code.match(/^Digit(\d)$/);
  return digit ? `Alt+${digit[1]}` : "";
};
const press = (button) => {
  const first = document.getElementById(button.dataset.first);
  if (first && !first.value?.trim()) first.focus();
  else if (typing(button)) button.focus();
  else button.click();
};
addEventListener("keydown", (event) => {
  const button = !event.shiftKey && document.querySelector(`[data-key="${CSS.escape(pressed(event))}"]`);
  if (!button) return;
  event.preventDefault();
  press(button);
});

// A question mark, or F1 from within a field, tells what keys there are.
addEventListener("keydown", (event) => {
  if (event.key !== "?" || !plain(event) || typing(event.target)) return;
  event.preventDefault();
  document.querySelector("[data-help]")?.click();
});

// Letters hold only while the focus is in a row of a list, and can be switched off (WCAG 2.1.4).
const off = () => localStorage.getItem(SINGLE) === "off";
for (const box of document.querySelectorAll("[data-single-keys]")) {
  box.checked = !off();
  box.addEventListener("change", () => localStorage.setItem(SINGLE, box.checked ? "on" : "off"));
}

const enter = (row) => row?.querySelector("[data-row-start]")?.focus();

addEventListener("keydown", (event) => {
  const row = plain(event) && event.target.closest?.("[data-row]");
  if (!row || off() || typing(event.target)) return;
  const rows = [...document.querySelectorAll("[data-row]")];
  const step = { j: 1, k: -1 }[event.key];
  const button = row.querySelector(`[data-row-key="${CSS.escape(event.key)}"]`);
  // A choice is only gone to; Enter makes it, as with every button.
  const choice = row.querySelector(`[data-row-choice="${CSS.escape(event.key)}"]`);
  if (step) enter(rows[rows.indexOf(row) + step]);
  else if (choice) choice.focus();
  else if (button) {
    sessionStorage.setItem("by-key", location.pathname);
    press(button);
  } else return;
  event.preventDefault();
});

// Whoever works by keys finds the next row under them.
if (sessionStorage.getItem("by-key") === location.pathname) {
  sessionStorage.removeItem("by-key");
  if (!document.querySelector("[data-focus]")) enter(document.querySelector("[data-row]"));
}
