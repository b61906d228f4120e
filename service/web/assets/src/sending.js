// Each file travels by itself as soon as it is chosen, dropped, pasted or photographed: a line that breaks loses one.
// Without this the form sends them all together.

const EDGE = 96; // pixels of a small picture
const LARGE = 25e6; // bytes of a picture that an old telephone cannot open beside the page

const store = (id) => `thumb-${id}`;

// A small picture of a picture, drawn here: nothing travels for it.
const small = (file) =>
  new Promise((done) => {
    if (!file.type.startsWith("image/") || file.size > LARGE) return done("");
    const reader = new FileReader();
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      const edge = Math.min(image.width, image.height);
      canvas.width = canvas.height = EDGE;
      const from = [(image.width - edge) / 2, (image.height - edge) / 2, edge, edge];
      canvas.getContext("2d").drawImage(image, ...from, 0, 0, EDGE, EDGE);
      done(canvas.toDataURL("image/jpeg", 0.7));
    };
    image.onerror = reader.onerror = () => done("");
    reader.onload = () => (image.src = reader.result);
    reader.readAsDataURL(file);
  });

const picture = (source) => Object.assign(new Image(), { src: source, alt: "", className: "thumb" });

// The pictures drawn here outlive a reload of the page, and end with its tab.
const decorate = (held) => {
  for (const row of held.querySelectorAll("[data-file]")) {
    const source = sessionStorage.getItem(store(row.dataset.file));
    if (source) row.querySelector(".thumb").replaceWith(picture(source));
  }
};

class Place {
  constructor(place) {
    this.place = place;
    this.said = JSON.parse(place.dataset.said);
    this.held = place.querySelector("[data-held]");
    this.rows = place.querySelector("[data-waiting]");
    this.input = place.querySelector("#f-files");
    this.form = this.input.form;
    this.queue = [];
    this.wanted = undefined; // the button that was pressed while files were under way
    decorate(this.held);
    this.listen();
  }

  listen() {
    const { place, input } = this;
    place.querySelector("[data-plain]").hidden = true;
    input.classList.add("visually-hidden");
    for (const more of place.querySelectorAll("[data-only]")) more.hidden = false;
    for (const chosen of [input, place.querySelector("[data-camera]")]) {
      chosen.addEventListener("change", () => {
        this.take([...chosen.files]);
        chosen.value = "";
      });
    }
    for (const event of ["dragover", "drop"]) {
      // A file that misses the place must not open instead of the page.
      addEventListener(event, (moved) => moved.dataTransfer?.types.includes("Files") && moved.preventDefault());
    }
    place.addEventListener("dragover", () => place.classList.add("over"));
    for (const event of ["dragleave", "drop"]) place.addEventListener(event, () => place.classList.remove("over"));
    place.addEventListener("drop", (event) => this.take([...event.dataTransfer.files]));
    addEventListener("paste", (event) => this.take([...event.clipboardData.files]));
    addEventListener("online", () => this.rows.querySelectorAll("[data-again]").forEach((button) => button.click()));
    this.held.addEventListener("click", (event) => this.drop(event));
    this.form.addEventListener("submit", (event) => this.hold(event));
  }

  take(files) {
    for (const file of files) this.add(file);
    this.next();
  }

  fault(file) {
    const { largest, most, types } = this.place.dataset;
    const kept = this.held.children.length + this.queue.length;
    if (kept >= Number(most)) return this.said.many;
    if (!file.size) return this.said.empty;
    if (file.size > Number(largest)) return this.said.large;
    const known = types.split(",").some((ending) => file.name.toLowerCase().endsWith(ending));
    return known || file.type.startsWith("image/") ? "" : this.said.type;
  }

  add(file) {
    const row = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { className: "name", textContent: file.name });
    const state = Object.assign(document.createElement("span"), { className: "small", textContent: this.said.waiting });
    const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
    bar.setAttribute("aria-label", file.name);
    row.append(name, bar, state);
    this.rows.append(row);
    const one = { file, row, state, bar };
    const why = this.fault(file);
    if (why) this.refuse(one, why);
    else this.queue.push(one);
  }

  next() {
    const one = this.queue[0];
    if (!one) return this.finish();
    if (one.request) return;
    one.state.textContent = this.said.sending;
    one.request = this.send({ files: one.file }, (sent) => {
      one.bar.value = sent;
      one.state.textContent = `${this.said.sending} ${Math.round(sent * 100)}%`;
    })
      .then((answer) => (answer.refused.length ? this.refuse(one, answer.refused.join(" ")) : this.done(one, answer)))
      .catch((problem) => this.fail(one, problem))
      .finally(() => {
        this.queue.shift();
        this.next();
      });
  }

  // Gives what the service answered; fails with a sentence where it has one, with none where the line is down.
  send(more, progress) {
    const body = new FormData();
    for (const name of ["csrf_token", "_paper", "_files"]) {
      if (this.form.elements[name]) body.append(name, this.form.elements[name].value);
    }
    for (const [name, value] of Object.entries(more)) body.append(name, value);
    return new Promise((done, fail) => {
      const request = new XMLHttpRequest();
      request.open("POST", this.place.dataset.send);
      request.responseType = "json";
      request.upload.onprogress = (event) => progress?.(event.loaded / event.total);
      request.onload = () => {
        const answer = request.response;
        return answer?.rows === undefined ? fail(answer?.told ?? answer?.message ?? this.said.failed) : done(answer);
      };
      request.onerror = () => fail("");
      request.send(body);
    });
  }

  async done(one, answer) {
    const source = await small(one.file);
    if (source) sessionStorage.setItem(store(answer.last), source);
    this.show(answer.rows);
    one.row.remove();
    this.say(`${one.file.name} ${this.said.done}`);
  }

  show(rows) {
    this.held.innerHTML = rows;
    decorate(this.held);
  }

  refuse(one, why) {
    one.bar.remove();
    one.state.textContent = why.startsWith(one.file.name) ? why.slice(one.file.name.length + 1) : why;
    one.state.className = "error small";
    one.row.append(this.button(this.said.drop, () => this.dismiss(one)));
    this.say(`${one.file.name} ${why}`);
  }

  fail(one, problem) {
    this.refuse(one, typeof problem === "string" && problem ? problem : this.said.lost);
    const again = this.button(this.said.again, () => {
      this.dismiss(one);
      this.take([one.file]);
    });
    again.dataset.again = "";
    one.row.append(again);
  }

  dismiss(one) {
    one.row.remove();
    this.clear();
  }

  button(text, press) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-plain" });
    made.textContent = text;
    made.addEventListener("click", press);
    return made;
  }

  drop(event) {
    const button = event.target.closest("button[name=_go]");
    if (!button) return;
    event.preventDefault();
    this.send({ _go: button.value }).then(
      (answer) => {
        sessionStorage.removeItem(store(button.closest("[data-file]")?.dataset.file));
        this.show(answer.rows);
        this.input.focus();
      },
      (problem) => this.say(typeof problem === "string" && problem ? problem : this.said.lost),
    );
  }

  // Whoever sends the form while files are under way need not press again.
  hold(event) {
    const failed = this.rows.querySelector(".error");
    if (!this.queue.length && !failed) return;
    event.preventDefault();
    if (!this.queue.length) return this.stop();
    this.wanted = event.submitter;
    this.say(this.said.hold, true);
  }

  // As the service itself says what is wrong: on top, each with a link to where it is mended.
  stop() {
    this.clear();
    const summary = Object.assign(document.createElement("div"), { className: "summary", tabIndex: -1 });
    const head = Object.assign(document.createElement("h2"), { className: "h3", textContent: this.said.left });
    const list = document.createElement("ul");
    for (const [at, failed] of this.rows.querySelectorAll(".error").entries()) {
      const row = failed.closest("li");
      row.id = `refused-${at}`;
      const text = `${row.querySelector(".name").textContent} ${failed.textContent}`;
      const link = Object.assign(document.createElement("a"), { href: `#${row.id}`, textContent: text });
      list.append(document.createElement("li"));
      list.lastChild.append(link);
    }
    summary.setAttribute("role", "alert");
    summary.append(head, list);
    document.querySelector("main h1").after(summary);
    summary.focus();
    this.summary = summary;
  }

  clear() {
    this.summary?.remove();
  }

  finish() {
    const button = this.wanted;
    this.wanted = undefined;
    button?.click();
  }

  say(text, shown) {
    const told = this.place.querySelector("[data-told]");
    told.textContent = text;
    told.classList.toggle("visually-hidden", !shown);
  }
}

for (const place of document.querySelectorAll("[data-send]")) new Place(place);
