// Small comforts; every page works without them.

// 长者模式 comes and goes on the page as it stands, with all that was typed into it.
document.querySelector("[data-reading-switch]")?.addEventListener("submit", (event) => {
  const form = event.target;
  const reading = event.submitter?.value;
  if (!reading) return;
  event.preventDefault();
  document.documentElement.dataset.reading = reading;
  form.querySelector(`button:not([value="${reading}"])`).focus();
  const body = new URLSearchParams(new FormData(form));
  body.set("reading", reading);
  fetch(form.action, { method: "post", body, redirect: "manual" });
});

// A form that is sent twice by an impatient finger is sent once.
addEventListener("submit", (event) => {
  const form = event.target;
  // A button that fetches a file leaves the page as it is, ready to be sent again.
  if (form.method !== "post" || event.defaultPrevented || event.submitter?.closest("[data-again]")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
// Coming back with the browser's own button, the form may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A menu closes by Escape, which leads back to its button, and by a click elsewhere.
const opened = () => document.querySelector("details.menu[open]");
addEventListener("keydown", (event) => {
  const menu = opened();
  if (event.key !== "Escape" || event.defaultPrevented || !menu) return;
  event.preventDefault();
  menu.open = false;
  menu.querySelector("summary").focus();
});
addEventListener("click", (event) => {
  const menu = opened();
  if (menu && !menu.contains(event.target)) menu.open = false;
});

// Whoever comes back with mistakes is led to their list.
document.querySelector("[data-focus]")?.focus();

// A button that prints the page shows only where there is a script to do it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// How much room is left in a text.
for (const area of document.querySelectorAll("textarea[data-most]")) {
  const told = document.getElementById(area.dataset.count);
  const count = () => {
    const length = [...area.value].length;
    told.textContent = length > area.dataset.most * 0.8 ? `${length} / ${area.dataset.most}` : "";
  };
  area.addEventListener("input", count);
  count();
}
