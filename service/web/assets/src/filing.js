// Comforts of the filing form; every page works without them.

// An example goes into the text at hand instead of fetching the page anew; the first gap is selected, ready to type over.
for (const button of document.querySelectorAll("[data-examples] [data-text]")) {
  button.addEventListener("click", (event) => {
    const area = document.getElementById("f-body");
    event.preventDefault();
    const start = area.value ? area.value.length + 1 : 0;
    area.value = area.value ? `${area.value}\n${button.dataset.text}` : button.dataset.text;
    const from = area.value.indexOf("【", start);
    area.focus();
    area.setSelectionRange(from, area.value.indexOf("】", from) + 1);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// An amount is said once more in 万元, where a zero too many is seen.
for (const input of document.querySelectorAll("[data-yuan]")) {
  const told = document.createElement("p");
  told.className = "hint";
  told.setAttribute("aria-live", "polite");
  input.after(told);
  const say = () => {
    const amount = Number(input.value.replace(/[,，\s]/g, ""));
    told.textContent = amount >= 10000 ? `合 ${(amount / 10000).toLocaleString("zh-CN", { maximumFractionDigits: 4 })} 万元` : "";
  };
  input.addEventListener("input", say);
  say();
}

// Whoever stays unnamed need not look at the fields that would name them.
const unnamed = document.querySelector("[data-anonymous]");
if (unnamed) {
  const show = () => {
    for (const group of document.querySelectorAll("[data-named]")) group.classList.toggle("off", unnamed.checked);
  };
  unnamed.addEventListener("change", show);
  show();
}

// Files are looked at before they travel, and sent as soon as they are chosen.
for (const place of document.querySelectorAll("[data-largest]")) {
  const input = document.getElementById("f-files");
  const complaint = place.querySelector("[data-complaint]");
  const button = place.querySelector("button");
  const fault = () => {
    const files = [...input.files];
    const large = files.find((file) => file.size > Number(place.dataset.largest));
    if (large) return `${large.name}：超过 10 MB，请压缩图片或拆成几份再传。`;
    return files.length + Number(place.dataset.held) > Number(place.dataset.most) ? "最多 10 个附件，请少选几个。" : "";
  };
  button.hidden = true;
  input.addEventListener("change", () => {
    complaint.textContent = fault();
    complaint.hidden = !complaint.textContent;
    if (complaint.textContent) input.value = "";
    else if (input.files.length) input.form.requestSubmit(button);
  });
}
