// The receipt as a picture: drawn here from what stands on the page, with the query code only where it is shown.

const WIDTH = 720;
const EDGE = 48;
const LINE = 1.5;
const KINDS = {
  title: { size: 40, weight: 600, after: 16 },
  number: { size: 40, weight: 600, face: "monospace", after: 20 },
  term: { size: 24, colour: "#51606f", after: 2 },
  line: { size: 28, after: 16 },
};

const lines = (brush, text, width) => {
  const found = [""];
  for (const letter of text) {
    const longer = found.at(-1) + letter;
    if (brush.measureText(longer).width > width && found.at(-1)) found.push(letter.trim());
    else found[found.length - 1] = longer;
  }
  return found;
};

const usual = getComputedStyle(document.body).fontFamily;
const font = ({ size, weight = 400, face }) => `${weight} ${size}px ${face ?? usual}`;

// Every line with its place, and how high all of them are.
const laid = (brush, parts) => {
  let top = EDGE;
  const rows = [];
  for (const part of parts) {
    const kind = KINDS[part.dataset.drawn];
    brush.font = font(kind);
    for (const text of lines(brush, part.textContent.trim().replace(/\s+/g, " "), WIDTH - 2 * EDGE)) {
      rows.push({ text, kind, top });
      top += kind.size * LINE;
    }
    top += kind.after;
  }
  return { rows, top };
};

const code = (brush, drawn, top) => {
  const [, , modules] = drawn.getAttribute("viewBox").split(" ").map(Number);
  const scale = Math.floor((WIDTH - 2 * EDGE) / 2 / modules);
  brush.save();
  brush.translate((WIDTH - modules * scale) / 2, top);
  brush.scale(scale, scale);
  brush.lineWidth = 1;
  brush.strokeStyle = "#000";
  brush.stroke(new Path2D(drawn.querySelector("path").getAttribute("d")));
  brush.restore();
  return modules * scale;
};

const draw = (parts, drawn) => {
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d");
  const { rows, top } = laid(brush, parts);
  canvas.width = WIDTH;
  canvas.height = top + code(brush, drawn, 0);
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.textBaseline = "top";
  for (const { text, kind, top: at } of rows) {
    brush.font = font(kind);
    brush.fillStyle = kind.colour ?? "#17222d";
    brush.fillText(text, EDGE, at);
  }
  code(brush, drawn, top);
  return canvas.toDataURL("image/png");
};

const button = document.querySelector("[data-save]");
if (button) {
  const place = document.querySelector("[data-saved]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const open = (part) => !part.closest("details:not([open])");
    // What is said of the code stands right above it.
    const below = (part) => Boolean(part.closest("[data-qr]"));
    const parts = [...document.querySelectorAll("[data-drawn]")].filter(open);
    parts.sort((one, other) => below(one) - below(other));
    const source = draw(parts, document.querySelector("[data-qr] svg"));
    place.querySelector("img").src = place.querySelector("a").href = source;
    place.hidden = false;
    place.querySelector("a").focus();
  });
}
