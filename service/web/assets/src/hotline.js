// The hotline desk: what a script can save an operator while the caller talks.

// A suggestion becomes a field's content by one click.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  if (!button) return;
  const field = document.getElementById(button.dataset.fill);
  field.value = button.dataset.value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
});

// Enterprises that what was typed may mean: up and down choose, Enter takes, Escape puts them away.
const listOf = (input) => document.getElementById(input.dataset.combo);
const optionsOf = (input) => [...listOf(input).querySelectorAll("[role=option]")];
const choose = (input, chosen) => {
  for (const option of optionsOf(input)) option.setAttribute("aria-selected", option === chosen);
  input.setAttribute("aria-activedescendant", chosen?.id ?? "");
  chosen?.scrollIntoView({ block: "nearest" });
};
const unfold = (input, open) => {
  listOf(input).hidden = !open;
  input.setAttribute("aria-expanded", open);
  choose(input, null);
};
const prepare = (input) => {
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", input.dataset.combo]])
    input.setAttribute(name, value);
  for (const option of optionsOf(input)) option.tabIndex = -1;
  unfold(input, optionsOf(input).length > 0 && document.activeElement === input);
};
document.querySelectorAll("[data-combo]").forEach(prepare);
document.addEventListener("keydown", (event) => {
  const input = event.target.closest?.("[data-combo]");
  if (!input || listOf(input).hidden || event.isComposing) return;
  const options = optionsOf(input);
  const chosen = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) choose(input, options[(chosen + step + options.length) % options.length]);
  else if (event.key === "Enter" && chosen >= 0) options[chosen].click();
  else if (event.key === "Escape") unfold(input, false);
  else return;
  event.preventDefault();
});
document.addEventListener("focusout", (event) => {
  const input = event.target.closest?.("[data-combo]");
  if (input && !listOf(input).contains(event.relatedTarget)) unfold(input, false);
});
addEventListener("htmx:afterSettle", (event) => {
  const input = document.querySelector("[data-combo]");
  if (event.detail.elt?.id === "known") prepare(input);
  if (event.detail.elt?.id !== "enterprise") return;
  // One was taken: what is known of it stands there, and writing goes on.
  prepare(input);
  input.dispatchEvent(new Event("change", { bubbles: true }));
  document.getElementById("f-body").focus();
});

// Who stays anonymous leaves no name: those fields are put aside, with what stands in them.
const anonymous = document.querySelector("[data-anonymous]");
const setAside = () => {
  for (const field of document.querySelectorAll("[data-named]")) field.disabled = anonymous.checked;
};
if (anonymous) {
  anonymous.addEventListener("change", setAside);
  setAside();
}

// What the text says stands in the fields that the operator has not touched, marked; a touched one is never changed.
const listening = document.querySelector("form[data-draft]");
if (listening) {
  const facts = ["respondent.name", "amount", "region"];
  const own = listening.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "_own" }));
  const taken = new Set(facts.filter((name) => listening.elements[name].value && !listening.elements[name].closest(".prefilled")));
  const note = () => (own.value = [...taken].join(" "));
  const mark = (field, heard) => {
    const box = field.closest(".field");
    box.classList.toggle("prefilled", heard);
    box.querySelector(".heard, .hint")?.remove();
    if (heard) box.querySelector("label").append(Object.assign(document.createElement("span"), { className: "heard", textContent: listening.dataset.heard }));
  };
  note();
  for (const kind of ["input", "change"])
    listening.addEventListener(kind, (event) => {
      if (!facts.includes(event.target.name)) return;
      taken.add(event.target.name);
      mark(event.target, false);
      note();
    }, true);
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "preview") return;
    for (const { dataset, value } of event.detail.target.querySelectorAll("[data-heard]")) {
      const field = document.getElementById(dataset.heard);
      if (taken.has(field.name) || field.value === value) continue;
      field.value = value;
      mark(field, value !== "");
    }
  });
}

// How long the call lasts: from when it was taken, or from the first word.
const told = document.querySelector("[data-clock]");
if (told) {
  let since = told.dataset.clock ? Date.now() - 1000 * told.dataset.clock : 0;
  document.querySelector("form[data-draft]").addEventListener("input", () => (since ||= Date.now()));
  const tick = () => {
    const seconds = Math.floor((Date.now() - since) / 1000);
    if (since) told.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  tick();
  setInterval(tick, 1000);
}

// What is typed is kept while it is typed, and once more when the page goes.
const form = document.querySelector("form[data-draft]");
if (form) {
  const notice = document.getElementById("signed-out");
  const state = document.getElementById("kept");
  const typed = () => new URLSearchParams(new FormData(form));
  let kept = String(typed());
  let [busy, leaving, lost] = [false, false, false];
  const keep = async () => {
    const now = typed();
    if (busy || leaving || String(now) === kept) return;
    busy = true;
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: now, redirect: "manual" });
      lost = answer.status !== 204;
      // Sent elsewhere or refused: signed out meanwhile.
      notice.hidden = !lost || answer.status >= 500;
    } catch {
      lost = true;
    }
    if (!lost) kept = String(now);
    state.textContent = lost ? form.dataset.lost : form.dataset.kept;
    busy = false;
  };
  setInterval(keep, 2000);
  form.addEventListener("change", keep);
  addEventListener("submit", () => (leaving = true));
  addEventListener("pageshow", () => (leaving = false));
  addEventListener("pagehide", () => {
    if (!leaving && String(typed()) !== kept) navigator.sendBeacon(form.dataset.draft, typed());
  });
  // Only what could not be kept does not go without a question.
  addEventListener("beforeunload", (event) => {
    if (!leaving && lost) event.preventDefault();
  });
  // Signed out meanwhile: the page stays, so that nothing that was typed is lost.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (![400, 401].includes(event.detail.xhr.status)) return;
    event.preventDefault();
    notice.hidden = false;
  });
  // Back from signing in elsewhere, the form takes the new session's token.
  addEventListener("focus", async () => {
    if (notice.hidden) return;
    const page = new DOMParser().parseFromString(await (await fetch(form.action)).text(), "text/html");
    const fresh = page.querySelector("form[data-draft] [name=csrf_token]");
    if (!fresh) return;
    for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = fresh.value;
    notice.hidden = true;
  });
}
