// One widget for every form, step and panel of athena_ds: it draws the blocks that Python describes and says back what
// a person did. Secrets stay in their input box until a submit, travel once as a custom message, and are in no trait.

let serial = 0;

const node = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") made.textContent = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter(Boolean));
  return made;
};

const ICONS = { passed: "✓", failed: "✕", warning: "!", skipped: "–", running: "◐", info: "i" };
const sign = (status, words) =>
  node("span", { class: `ads-sign ads-${status}` }, node("span", { "aria-hidden": "true", text: `${ICONS[status] ?? "·"} ` }), words ?? status);

// --- fields -------------------------------------------------------------------------------------------------------

const control = (card, field) => {
  const id = `${card.id}-${field.name}`;
  const shared = { id, name: field.name, "aria-required": field.required ? "true" : undefined, spellcheck: "false", class: "ads-control" };
  if (field.kind === "select") {
    const select = node("select", shared);
    select.addEventListener("change", () => card.changed(field.name, select.value));
    return select;
  }
  if (field.kind === "checkbox") {
    const box = node("input", { ...shared, type: "checkbox", class: "ads-check" });
    box.addEventListener("change", () => card.changed(field.name, box.checked));
    return box;
  }
  const secret = field.kind === "secret";
  const input = node("input", {
    ...shared,
    type: secret ? "password" : "text",
    autocomplete: secret ? "new-password" : "off",
    autocapitalize: "off",
    list: field.options?.length ? `${id}-options` : undefined,
  });
  if (!secret) {
    let pause;
    input.addEventListener("input", () => {
      card.typed.set(field.name, input.value);
      if (!field.live) return;
      clearTimeout(pause);
      pause = setTimeout(() => card.changed(field.name, input.value), 150);
    });
    if (!field.live) input.addEventListener("change", () => card.changed(field.name, input.value));
  }
  return input;
};

const value = (input) => (input.type === "checkbox" ? input.checked : input.value);

const fillOptions = (card, input, field) => {
  const options = (field.options ?? []).map((option) => (typeof option === "string" ? { value: option, label: option } : option));
  if (field.kind === "select") {
    const chosen = card.typed.get(field.name) ?? field.value ?? "";
    input.replaceChildren(...options.map((o) => node("option", { value: o.value, text: o.label, selected: o.value === chosen })));
    input.value = chosen;
    return null;
  }
  if (!options.length || field.kind === "secret" || field.kind === "checkbox") return null;
  input.setAttribute("list", `${input.id}-options`);
  return node("datalist", { id: `${input.id}-options` }, ...options.map((o) => node("option", { value: o.value, label: o.label })));
};

// A few options stand under the box to be picked: a datalist is seen only by those who know of it.
const picks = (card, input, field) => {
  const options = (field.options ?? []).map((o) => o.value ?? o);
  if (field.kind !== "text" || !options.length || options.length > 8) return null;
  const pick = (option) =>
    node("button", {
      type: "button",
      class: "ads-pick",
      text: option,
      "aria-pressed": input.value === option ? "true" : "false",
      disabled: input.disabled,
      "data-action": `pick-${field.name}-${option}`,
      onclick: () => {
        input.value = option;
        card.changed(field.name, option);
        card.draw();
      },
    });
  return node("div", { class: "ads-picks", role: "group", "aria-label": `${field.label}: what there is` }, ...options.map(pick));
};

const drawField = (card, field) => {
  let input = card.inputs.get(field.name);
  if (!input || input.dataset.kind !== field.kind) {
    input = control(card, field);
    input.dataset.kind = field.kind;
    card.inputs.set(field.name, input);
  }
  const error = card.model.get("errors")[field.name];
  const described = [field.help && `${input.id}-help`, error && `${input.id}-error`].filter(Boolean).join(" ");
  if (described) input.setAttribute("aria-describedby", described);
  else input.removeAttribute("aria-describedby");
  input.setAttribute("aria-invalid", error ? "true" : "false");
  input.disabled = card.model.get("busy");
  const list = fillOptions(card, input, field);
  if (field.kind === "checkbox") input.checked = card.typed.get(field.name) ?? field.value ?? false;
  else if (field.kind === "secret") input.placeholder = field.is_set ? "kept in this kernel; type to replace it" : "";
  else if (field.kind === "text" && document.activeElement !== input) input.value = card.typed.get(field.name) ?? field.value ?? "";
  if (field.placeholder && field.kind === "text") input.placeholder = field.placeholder;
  return node(
    "div",
    { class: `ads-field ads-field-${field.kind}` },
    node("label", { for: input.id, text: field.label }),
    input,
    list,
    picks(card, input, field),
    field.help && node("div", { class: "ads-help", id: `${input.id}-help`, text: field.help }),
    error && node("div", { class: "ads-error", id: `${input.id}-error` }, node("span", { "aria-hidden": "true", text: "✕ " }), error),
  );
};

// --- blocks -------------------------------------------------------------------------------------------------------

const copyButton = (label, words) =>
  node("button", {
    type: "button",
    class: "ads-button ads-small-button",
    text: label,
    onclick: async (event) => {
      const button = event.currentTarget;
      try {
        await navigator.clipboard.writeText(words);
        button.textContent = "✓ Copied";
      } catch {
        const range = document.createRange();
        range.selectNodeContents(button.parentElement.querySelector("pre") ?? button);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        button.textContent = "Selected: press Ctrl+C";
      }
    },
  });

const cell = (card, content) => {
  if (content === null || content === undefined) return "";
  if (typeof content !== "object") return String(content);
  if (content.status) return sign(content.status);
  if (content.copy) return node("div", {}, node("div", { text: content.text }), copyButton(content.label ?? "Copy the statement", content.copy));
  if (content.action) return actionButton(card, { ...content, link: true });
  return node("div", {}, node("div", { text: content.text }), content.small && node("div", { class: "ads-small", text: content.small }));
};

const actionButton = (card, action) =>
  node("button", {
    type: action.submit ? "submit" : "button",
    class: action.link ? "ads-link" : action.main ? "ads-button ads-main" : "ads-button",
    disabled: action.disabled || (card.model.get("busy") && !action.always),
    text: action.label,
    "data-action": action.action,
    "data-value": action.value,
    onclick: action.submit ? undefined : () => card.act(action.action, action.value),
  });

// The roles are spelled out: on a narrow screen a table of checks is laid out as a list, which would take them away.
const table = (card, block) => {
  const held = (content) => (block.values ? node("div", { class: "ads-value" }, cell(card, content)) : cell(card, content));
  const side = (index) => ((block.numbers ?? []).includes(index) ? "ads-number" : undefined);
  const row = (tag, role, cells) =>
    node("tr", { role: "row" }, ...cells.map((content, index) => node(tag, { role, class: side(index), scope: tag === "th" ? "col" : undefined }, content)));
  return node(
    "div",
    { class: "ads-scroll", tabindex: "0", role: "region", "aria-label": block.caption },
    node(
      "table",
      { class: block.stacked ? "ads-table ads-checks" : "ads-table", role: "table" },
      node("caption", { class: "ads-hidden", text: block.caption }),
      node("thead", { role: "rowgroup" }, row("th", "columnheader", block.columns)),
      node("tbody", { role: "rowgroup" }, ...block.rows.map((cells) => row("td", "cell", cells.map(held)))),
    ),
  );
};

const live = (card, block) =>
  node(
    "div",
    { class: `ads-live ads-live-${block.status}` },
    sign(block.status, block.state),
    ...block.parts.map((part) => node("span", { class: "ads-part" }, typeof part === "string" ? part : node("a", { href: part.href, target: "_blank", rel: "noopener noreferrer", text: part.text }))),
    ...(block.actions ?? []).map((action) => actionButton(card, action)),
  );

const BLOCKS = {
  steps: (card, block) =>
    node(
      "ol",
      { class: "ads-steps", "aria-label": "Steps" },
      ...block.names.map((name, index) =>
        node("li", { class: index < block.current ? "ads-done" : undefined, "aria-current": index === block.current ? "step" : undefined }, node("span", { text: name })),
      ),
    ),
  heading: (card, block) => node("h3", { class: "ads-heading", tabindex: "-1", text: block.text }),
  text: (card, block) => node("p", { class: "ads-text", text: block.text }),
  field: (card, block) => drawField(card, block),
  notice: (card, block) => node("div", { class: `ads-notice ads-notice-${block.status}` }, sign(block.status, block.label ?? block.status), node("span", { text: ` ${block.text}` })),
  verdict: (card, block) => node("div", { class: "ads-verdict" }, ...block.parts.map((part) => sign(part.status, part.text)), block.small && node("span", { class: "ads-small", text: block.small })),
  table,
  code: (card, block) =>
    node("div", { class: "ads-code" }, node("div", { class: "ads-code-head" }, node("span", { text: block.caption }), copyButton("Copy", block.text)), node("pre", { tabindex: "0", role: "region", "aria-label": block.caption, text: block.text })),
  place: (card, block) =>
    node("div", { class: "ads-place ads-code" }, node("pre", { tabindex: "0", role: "region", "aria-label": "Where in the SQL" }, `${block.line}\n`, node("span", { class: "ads-caret", text: block.caret }))),
  live,
  buttons: (card, block) => node("div", { class: "ads-buttons" }, ...block.actions.map((action) => actionButton(card, action))),
  actions: (card, block) => node("div", { class: "ads-actions" }, node("div", { class: "ads-aside" }, block.note && node("span", { class: "ads-note", text: block.note }), ...block.aside.map((action) => actionButton(card, action))), ...block.actions.map((action) => actionButton(card, action))),
};

// What has the focus, so that the same thing can have it again after the card was drawn anew.
const mark = (element) => element?.name || [element?.dataset?.action, element?.dataset?.value].filter(Boolean).join(" ");

// --- the card -----------------------------------------------------------------------------------------------------

class Card {
  constructor(model, el) {
    Object.assign(this, { model, id: `ads-${(serial += 1)}`, typed: new Map(), inputs: new Map(), step: null, wanted: "" });
    this.form = node("form", { class: "ads-card", novalidate: true, autocomplete: "off", "aria-label": model.get("label") });
    this.status = node("div", { class: "ads-status" });
    this.spoken = node("div", { class: "ads-hidden", role: "status", "aria-live": "polite" });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    for (const name of ["keydown", "keypress", "keyup", "paste", "cut", "copy"]) this.form.addEventListener(name, (event) => event.stopPropagation());
    el.classList.add("ads-root");
    el.append(this.form, this.spoken);
  }

  values() {
    const found = {};
    for (const block of this.fields()) if (block.kind !== "secret") found[block.name] = value(this.inputs.get(block.name));
    return found;
  }

  fields() {
    return this.model.get("blocks").filter((block) => block.type === "field" && this.inputs.has(block.name));
  }

  submit() {
    if (this.model.get("busy")) return;
    const secrets = {};
    for (const block of this.fields()) {
      const input = this.inputs.get(block.name);
      if (block.kind === "secret" && input.value) {
        secrets[block.name] = input.value;
        input.value = "";
      }
    }
    this.tell({ kind: "submit", values: this.values(), secrets });
  }

  // A kernel that is busy, or gone, answers nothing: after a while the card says so itself.
  tell(message) {
    this.model.send(message);
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.say("No answer from the kernel yet. It may be busy; if it was restarted, run the cell again."), 4000);
  }

  say(words, aloud = words) {
    this.status.textContent = words;
    this.status.hidden = !words;
    if (aloud !== this.spoken.textContent) this.spoken.textContent = aloud;
  }

  act(name, detail) {
    this.tell({ kind: "action", name, detail: detail ?? null, values: this.values() });
  }

  changed(name, found) {
    this.typed.set(name, found);
    this.model.send({ kind: "change", name, value: found, values: this.values() });
  }

  forget() {
    this.typed.clear();
    this.draw();
  }

  draw() {
    clearTimeout(this.patience);
    const blocks = this.model.get("blocks");
    const step = this.model.get("step");
    if (this.form.contains(document.activeElement)) this.wanted = mark(document.activeElement);
    else if (document.activeElement !== document.body) this.wanted = "";
    const present = new Set(blocks.filter((b) => b.type === "field").map((b) => b.name));
    for (const name of [...this.inputs.keys()]) if (!present.has(name)) this.inputs.delete(name);
    if (step !== this.step) this.typed.clear();
    const drawn = blocks.map((block) => (BLOCKS[block.type] ?? BLOCKS.text)(this, block));
    const last = blocks.findLastIndex((block) => block.type === "actions");
    const running = blocks.find((block) => block.type === "live");
    this.say(this.model.get("status"), this.model.get("status") || running?.state || "");
    drawn.splice(last < 0 ? drawn.length : last, 0, this.status);
    this.form.setAttribute("aria-busy", this.model.get("busy") ? "true" : "false");
    this.form.replaceChildren(...drawn);
    this.refocus(step);
    this.step = step;
  }

  // A new step begins at its heading; else what had the focus gets it back, once it is no longer disabled.
  refocus(step) {
    if (step !== this.step && this.step !== null) return this.form.querySelector(".ads-heading")?.focus();
    if (!this.wanted) return undefined;
    const again = [...this.form.querySelectorAll("input, select, button")].find((each) => mark(each) === this.wanted);
    again?.focus({ preventScroll: true });
    if (again && !again.disabled) this.wanted = "";
    return undefined;
  }

  complain() {
    this.draw();
    const bad = this.fields().find((block) => this.model.get("errors")[block.name]);
    if (bad) this.inputs.get(bad.name).focus();
  }
}

export default {
  render({ model, el }) {
    const card = new Card(model, el);
    const draw = () => card.draw();
    const complain = () => card.complain();
    const heard = (message) => message?.kind === "forget" && card.forget();
    for (const name of ["blocks", "busy", "status"]) model.on(`change:${name}`, draw);
    model.on("change:errors", complain);
    model.on("msg:custom", heard);
    card.draw();
    return () => {
      for (const name of ["blocks", "busy", "status"]) model.off(`change:${name}`, draw);
      model.off("change:errors", complain);
      model.off("msg:custom", heard);
    };
  },
};
