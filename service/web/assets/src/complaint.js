// A complaint's page: putting a text into the reply where the cursor is, and sending what was written by keys.

const BLANK = "＿＿＿＿";

// The first blank that is left to fill in stands marked, so that typing goes on there.
const put = (field, text) => {
  const start = field.selectionStart;
  field.setRangeText(text, start, field.selectionEnd, "end");
  const blank = text.indexOf(BLANK);
  field.focus();
  if (blank >= 0) field.setSelectionRange(start + blank, start + blank + BLANK.length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-insert]");
  const field = link && document.getElementById(link.dataset.insert);
  if (!field || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  link.closest("details").open = false;
  put(field, link.dataset.text);
});

// F2 goes on to the next blank.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "F2" || !field.matches("#act textarea")) return;
  const next = [field.value.indexOf(BLANK, field.selectionEnd), field.value.indexOf(BLANK)].find((at) => at >= 0);
  if (next === undefined) return;
  event.preventDefault();
  field.setSelectionRange(next, next + BLANK.length);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.closest("[data-sends]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});
