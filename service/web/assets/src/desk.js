// Desks: working through a list with the keyboard. Without it each number is a link like any other.

const links = (table) => [...table.querySelectorAll("tbody .which a")];

for (const table of document.querySelectorAll("[data-worklist]")) {
  // Anywhere in a row opens it, unless somebody is marking text.
  table.addEventListener("click", (event) => {
    if (event.target.closest("a, button") || String(getSelection())) return;
    event.target.closest("tbody tr")?.querySelector(".which a")?.click();
  });
  // Up and down move between the rows while one of them has the focus; Enter opens it, as with every link.
  table.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = links(table);
    const next = all[all.indexOf(document.activeElement) + step];
    if (!next || !all.includes(document.activeElement)) return;
    event.preventDefault();
    next.focus();
  });
}

// Another step's form was fetched into the page: whoever chose it is led to its first field.
addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "act") return;
  document.querySelector("#act form :is(textarea, select, input:not([type=hidden])), #act form button")?.focus();
});
