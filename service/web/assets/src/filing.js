// Comforts of filing and of handing in files; every page works without them.
import "./keeping.js";
import "./sending.js";

// An example goes into the text at hand instead of fetching the page anew; its first gap is selected, to be typed over.
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

// An amount is said once more in 万元, in English with its thousands apart, where a zero too many is seen.
const unit = document.documentElement.lang.startsWith("zh") ? 10000 : 1;
for (const input of document.querySelectorAll("[data-yuan]")) {
  const told = document.createElement("p");
  told.className = "hint";
  told.setAttribute("aria-live", "polite");
  input.after(told);
  const say = () => {
    const typed = input.value.normalize("NFKC").replace(/[,\s¥元]/g, "");
    const amount = /^[\d.]+[万w]$/i.test(typed) ? parseFloat(typed) * 10000 : Number(typed);
    const shown = (amount / unit).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 4 });
    told.textContent = amount >= 10000 ? input.dataset.yuan.replace("{}", shown) : "";
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
