// The table of all models: its cells with text, a sparkline and links to the pages.
const SVG = "http://www.w3.org/2000/svg";

function drawSparkline(values) {
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

function createElement(tag, content, name) {
  const element = document.createElement(tag);
  element.textContent = content;
  if (name) element.className = name;
  return element;
}

// A link within the session. With a modifier key, and in the browser's menu, it is a plain link.
function createLink(label, page, model, open) {
  const element = createElement("a", label);
  element.href = `${page}?model=${encodeURIComponent(model)}`;
  element.onclick = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open({ page, model });
  };
  return element;
}

function createCell(content, model, open) {
  const element = document.createElement("td");
  element.className = content.tone;
  const value = createElement("span", content.page ? "" : content.text, "value");
  if (content.page) value.appendChild(createLink(content.text, content.page, model, open));
  element.appendChild(value);
  if (content.spark.length) element.appendChild(drawSparkline(content.spark));
  if (content.below) element.appendChild(createElement("small", content.below));
  return element;
}

// Returns the model and the column of an element of the table.
function findPosition(body, element) {
  const cell = element?.closest("td, th");
  if (!cell || !body.contains(cell)) return null;
  return { model: cell.parentElement.querySelector("a").textContent, column: cell.cellIndex };
}

export default function ({ data, parentElement, setTriggerValue }) {
  const head = parentElement.querySelector("thead tr");
  const body = parentElement.querySelector("tbody");
  head.replaceChildren(...data.columns.map((name) => {
    const element = createElement("th", name);
    element.scope = "col";
    return element;
  }));
  // a refresh keeps the keyboard focus
  const focused = findPosition(body, parentElement.getRootNode().activeElement);
  const open = (where) => setTriggerValue("open", where);
  body.replaceChildren(...data.rows.map((row) => {
    const element = document.createElement("tr");
    const name = document.createElement("th");
    name.scope = "row";
    name.append(createLink(row.name, "drift", row.name, open), createElement("small", row.about));
    element.append(name, ...row.cells.map((content) => createCell(content, row.name, open)));
    return element;
  }));
  if (focused) {
    const row = [...body.rows].find((element) => element.querySelector("a").textContent === focused.model);
    row?.cells[focused.column]?.querySelector("a")?.focus({ preventScroll: true });
  }
}
