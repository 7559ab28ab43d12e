// The table of all models: rows of cells, a line in each, a link that opens the model.
const SVG = "http://www.w3.org/2000/svg";

function spark(values) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 100 24");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  let path = "";
  let gap = true;
  values.forEach((value, index) => {
    if (value === null) { gap = true; return; }
    const x = (100 * index) / (values.length - 1);
    path += `${gap ? "M" : "L"}${x.toFixed(1)} ${(23 - 21 * value).toFixed(1)}`;
    gap = false;
  });
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.appendChild(line);
  return svg;
}

function text(tag, content, name) {
  const made = document.createElement(tag);
  made.textContent = content;
  if (name) made.className = name;
  return made;
}

// A link within the session; with a key held down, and for the browser's menu, it is a plain one.
function link(label, page, model, open) {
  const made = text("a", label);
  made.href = `${page}?model=${encodeURIComponent(model)}`;
  made.onclick = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open({ page, model });
  };
  return made;
}

function cell(content, model, open) {
  const made = document.createElement("td");
  made.className = content.tone;
  const value = text("span", content.page ? "" : content.text, "value");
  if (content.page) value.appendChild(link(content.text, content.page, model, open));
  made.appendChild(value);
  if (content.spark.length) made.appendChild(spark(content.spark));
  if (content.below) made.appendChild(text("small", content.below));
  return made;
}

// The model and the column that an element stands in.
function place(body, element) {
  const at = element?.closest("td, th");
  if (!at || !body.contains(at)) return null;
  return { model: at.parentElement.querySelector("a").textContent, column: at.cellIndex };
}

export default function ({ data, parentElement, setTriggerValue }) {
  const head = parentElement.querySelector("thead tr");
  const body = parentElement.querySelector("tbody");
  head.replaceChildren(...data.columns.map((name) => {
    const made = text("th", name);
    made.scope = "col";
    return made;
  }));
  // a refresh takes nobody's place on the keyboard
  const focused = place(body, parentElement.getRootNode().activeElement);
  const open = (where) => setTriggerValue("open", where);
  body.replaceChildren(...data.rows.map((row) => {
    const made = document.createElement("tr");
    const name = document.createElement("th");
    name.scope = "row";
    name.append(link(row.name, "drift", row.name, open), text("small", row.about));
    made.append(name, ...row.cells.map((content) => cell(content, row.name, open)));
    return made;
  }));
  if (focused) {
    const row = [...body.rows].find((made) => made.querySelector("a").textContent === focused.model);
    row?.cells[focused.column]?.querySelector("a")?.focus({ preventScroll: true });
  }
}
