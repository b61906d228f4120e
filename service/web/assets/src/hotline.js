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

// Who stays anonymous leaves no name: those fields are put aside, with what stands in them.
const anonymous = document.querySelector("[data-anonymous]");
const setAside = () => {
  for (const field of document.querySelectorAll("[data-named]")) field.disabled = anonymous.checked;
};
if (anonymous) {
  anonymous.addEventListener("change", setAside);
  setAside();
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
