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

function cell(content) {
  const made = document.createElement("td");
  made.className = content.tone;
  made.appendChild(text("span", content.text, "value"));
  if (content.spark.length) made.appendChild(spark(content.spark));
  if (content.below) made.appendChild(text("small", content.below));
  return made;
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
  const focused = parentElement.getRootNode().activeElement?.textContent;
  body.replaceChildren(...data.rows.map((row) => {
    const made = document.createElement("tr");
    const name = document.createElement("th");
    name.scope = "row";
    const link = text("a", row.name);
    link.href = `drift?model=${encodeURIComponent(row.name)}`;
    link.onclick = (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      setTriggerValue("open", row.name);
    };
    name.append(link, text("small", row.about));
    made.append(name, ...row.cells.map(cell));
    return made;
  }));
  const links = [...body.querySelectorAll("a")];
  links.find((link) => link.textContent === focused)?.focus({ preventScroll: true });
}
