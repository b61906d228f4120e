// What is typed into a step of the filing is kept while it is typed; without this it is kept when the step is sent.

const PAUSE = 1500; // milliseconds without a key
const AGAIN = 5000; // until another try where the line is down

const form = document.querySelector("form[data-keep]");
const told = document.querySelector("[data-kept]");
let typed = false; // something is not kept yet
let lost = false; // the last try failed
let waiting; // the timer of the next try
let running; // the request under way

const say = (text, wrong) => {
  told.textContent = text;
  told.classList.toggle("error", Boolean(wrong));
};

const later = (pause) => {
  clearTimeout(waiting);
  waiting = setTimeout(keep, pause);
};

const keep = async () => {
  if (running || !typed) return;
  running = new AbortController();
  typed = false;
  if (!lost) say(told.dataset.saving);
  try {
    const answer = await fetch(form.dataset.keep, { method: "POST", body: new FormData(form), signal: running.signal });
    const said = await answer.json();
    lost = false;
    say(said.told ?? said.message ?? told.dataset.lost, !answer.ok);
    if (said.paper) form.elements._paper.value = said.paper;
  } catch (problem) {
    if (problem.name === "AbortError") return;
    typed = lost = true;
    say(told.dataset.lost, true);
    later(AGAIN);
  } finally {
    running = undefined;
  }
  if (typed && !lost) later(PAUSE);
};

if (form) {
  for (const event of ["input", "change"]) {
    form.addEventListener(event, () => {
      typed = true;
      later(PAUSE);
    });
  }
  addEventListener("online", keep);
  // Sent whole, or given up: nothing older may arrive after it.
  document.addEventListener("submit", ({ target }) => {
    if (target !== form && target.getAttribute("action") !== form.dataset.anew) return;
    typed = lost = false;
    clearTimeout(waiting);
    running?.abort();
  });
  // A telephone puts a page to sleep without asking; what was typed last goes along.
  addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || !typed) return;
    if (navigator.sendBeacon(form.dataset.keep, new FormData(form))) typed = lost;
  });
  addEventListener("beforeunload", (event) => {
    if (lost && typed) event.preventDefault();
  });
}
