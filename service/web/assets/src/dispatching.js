// A long list of departments gets a line to type a few letters of the name into.

for (const select of document.querySelectorAll("select[data-filtered]")) {
  const all = [...select.children].map((node) => node.cloneNode(true));
  const line = document.createElement("input");
  line.type = "search";
  line.className = "form-control";
  line.autocomplete = "off";
  line.placeholder = select.dataset.filtered;
  line.setAttribute("aria-label", select.dataset.filtered);
  line.setAttribute("aria-controls", select.id);
  select.before(line);

  const fits = (option) => !option.value || option.text.includes(line.value.trim());
  line.addEventListener("input", () => {
    const chosen = select.value;
    select.replaceChildren(...all.map((node) => node.cloneNode(true)));
    for (const option of [...select.options]) if (!fits(option)) option.remove();
    for (const group of [...select.querySelectorAll("optgroup")]) if (!group.children.length) group.remove();
    select.value = chosen;
    // What was chosen before is out of sight: the first that fits stands there instead, never nothing by surprise.
    if (select.selectedIndex < 0) select.selectedIndex = Math.min(1, select.options.length - 1);
  });
}

// Another place is shown as soon as it is chosen.
for (const select of document.querySelectorAll("select[data-go]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
