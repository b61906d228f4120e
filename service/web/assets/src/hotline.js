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

// A call that is half written does not vanish by a wrong click.
const form = document.querySelector("form[data-unsaved]");
if (form) {
  let leaving = false;
  form.addEventListener("submit", () => (leaving = true));
  addEventListener("beforeunload", (event) => {
    if (!leaving && form.elements.body.value !== form.elements.body.defaultValue) event.preventDefault();
  });
  // Signed out meanwhile: the page stays, so that nothing that was typed is lost.
  const notice = document.getElementById("signed-out");
  form.addEventListener("htmx:beforeOnLoad", (event) => {
    if (![400, 401].includes(event.detail.xhr.status)) return;
    event.preventDefault();
    notice.hidden = false;
  });
  // Back from signing in elsewhere, the form takes the new session's token.
  addEventListener("focus", async () => {
    if (notice.hidden) return;
    const page = new DOMParser().parseFromString(await (await fetch(form.action)).text(), "text/html");
    const fresh = page.querySelector("form[data-unsaved] [name=csrf_token]");
    if (!fresh) return;
    form.elements.csrf_token.value = fresh.value;
    notice.hidden = true;
  });
}
