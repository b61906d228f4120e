// Rows that are ruled on or sent on where they stand: what comes back takes the row's place, and the next has the focus.

let swapped = "";
let latest = "";

// What was wrong comes with a status of its own, and with the row; what is no row has a page of its own.
addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr } = event.detail;
  if (!target.matches?.("[data-case]")) return;
  event.detail.shouldSwap = xhr.response.includes("data-case");
  event.detail.isError = !event.detail.shouldSwap;
  if (event.detail.isError) location.reload();
  swapped = target.id;
});
addEventListener("htmx:afterSettle", () => {
  const row = swapped && document.getElementById(swapped);
  swapped = "";
  if (!row) return;
  if (row.querySelector("[data-undo]")) latest = row.id;
  const rows = [...document.querySelectorAll("[data-row]")];
  const after = (one) => row.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
  const here = row.matches("[data-done]") ? (rows.find(after) ?? rows.at(-1)) : row;
  const start = here?.querySelector("[aria-invalid]") ?? here?.querySelector("[data-row-start]");
  (start ?? row).focus();
});

// What was just sent on is taken back by u, from wherever in the list the focus is.
addEventListener("keydown", (event) => {
  if (event.key !== "u" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const undo = latest && document.getElementById(latest)?.querySelector("[data-undo]");
  if (!undo || !event.target.closest?.("[data-row], [data-done]") || event.target.matches("input, textarea, select")) return;
  if (localStorage.getItem("single-keys") === "off") return;
  event.preventDefault();
  undo.click();
});

// A phrase that is chosen goes into the text, where it can still be changed.
document.addEventListener("change", (event) => {
  const text = document.getElementById(event.target.dataset?.phrases);
  if (!text || !event.target.value) return;
  text.value = [text.value.trim(), event.target.value].filter(Boolean).join(" ");
  event.target.value = "";
  text.focus();
});

// All boxes of a name at once.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.tick;
  if (!name) return;
  for (const box of document.querySelectorAll(`input[name="${CSS.escape(name)}"]`)) box.checked = event.target.checked;
});
