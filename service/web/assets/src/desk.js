// Desks: working through a list with the keyboard. Without it each number is a link like any other.

const links = (table) => [...table.querySelectorAll("tbody .which a")];

// Heard on the whole page: a table that is fetched anew is heard too.
// Anywhere in a row opens it, unless somebody is marking text.
document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-worklist] tbody tr");
  if (!row || event.target.closest("a, button, input, .pick") || String(getSelection())) return;
  row.querySelector(".which a")?.click();
});
// Up and down move between the rows while one of them has the focus; Enter opens it, as with every link.
document.addEventListener("keydown", (event) => {
  const table = event.target.closest?.("[data-worklist]");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!table || !step || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = links(table);
  const next = all[all.indexOf(document.activeElement) + step];
  if (!next || !all.includes(document.activeElement)) return;
  event.preventDefault();
  next.focus();
});

// Another step's form was fetched into the page: whoever chose it is led to its first field.
addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "act") return;
  document.querySelector("#act form :is(textarea, select, input:not([type=hidden])), #act form button")?.focus();
});
