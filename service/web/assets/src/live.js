// A queue on which rows are ticked, and which looks by itself whether there is anything new.

const live = document.querySelector("[data-live]");
const boxes = () => [...live.querySelectorAll("[name=numbers]")];

// How many are ticked, and all at once.
const told = document.querySelector("[data-picked]");
const asked = told?.textContent;
const count = () => {
  const picked = boxes().filter((box) => box.checked).length;
  const all = live.querySelector("[data-all]");
  if (told) told.textContent = picked ? told.dataset.picked.replace("{}", picked) : asked;
  if (!all) return;
  all.checked = picked > 0 && picked === boxes().length;
  all.indeterminate = picked > 0 && !all.checked;
};
live?.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) for (const box of boxes()) box.checked = event.target.checked;
  count();
});
if (live) count();

// Nothing comes where nothing is new; else what was ticked stays ticked, and the first row in sight stays where it was.
// Where the focus was, htmx puts it again by its id.
const inSight = () => [...live.querySelectorAll("[data-row]")].find((row) => row.getBoundingClientRect().bottom > 0);
let kept;
live?.addEventListener("htmx:configRequest", (event) => {
  if (document.hidden) event.preventDefault();
  event.detail.headers["If-None-Match"] = `"${live.dataset.tag}"`;
});
live?.addEventListener("htmx:beforeSwap", (event) => {
  event.detail.shouldSwap = event.detail.xhr.status === 200;
  const first = inSight();
  const picked = boxes().filter((box) => box.checked).map((box) => box.value);
  kept = { picked, first: first?.id, top: first?.getBoundingClientRect().top };
});
live?.addEventListener("htmx:afterSwap", (event) => {
  live.dataset.tag = event.detail.xhr.getResponseHeader("ETag").replaceAll('"', "");
  for (const box of boxes()) box.checked = kept.picked.includes(box.value);
  const same = kept.first && document.getElementById(kept.first);
  if (same && scrollY) scrollBy(0, same.getBoundingClientRect().top - kept.top);
  count();
  const said = document.querySelector("[data-live-told]");
  said.textContent = said.dataset.liveTold;
});
