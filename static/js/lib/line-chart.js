// Draws small line charts as SVG. css/training-widgets.css has their colours.
const NAMESPACE = "http://www.w3.org/2000/svg";
const MARGIN_PX = { left: 38, right: 12, top: 10, bottom: 22 }; // around the lines
const LETTER_WIDTH_PX = 7; // about, of a label
const LABEL_GAP_PX = 14; // between two labels at the ends of lines

// Returns about `about` round numbers from `low` to `high`.
export function roundTicks(low, high, about = 4) {
  if (!(high > low)) return [low];
  const rough = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

// Returns a function that maps low … high to the pixels from … to.
export function linearScale({ low, high }, from, to) {
  const span = high - low || 1;
  return (x) => from + ((x - low) / span) * (to - from);
}

// Returns the SVG path through points in pixels, with a gap at points that are not finite.
export function svgPath(points) {
  const isDefined = points.map(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  return points.map(([x, y], i) => {
    if (!isDefined[i]) return "";
    const alone = !isDefined[i - 1] && !isDefined[i + 1]; // drawn as a dot: the first value of a curve is visible
    return `${isDefined[i - 1] ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}${alone ? "h0" : ""}`;
  }).join("");
}

// Moves label positions so that they are at least `gap` apart, in the same order and not below `bottom`.
export function spreadLabels(positions, gap, bottom) {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a] - positions[b]);
  const moved = [...positions];
  for (let i = 1; i < order.length; i += 1) moved[order[i]] = Math.max(moved[order[i]], moved[order[i - 1]] + gap);
  let limit = bottom;
  for (const i of order.reverse()) {
    moved[i] = Math.min(moved[i], limit);
    limit = moved[i] - gap;
  }
  return moved;
}

function svg(tag, attributes = {}, text = "") {
  const element = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  return element;
}

const range = (numbers) => [Math.min(...numbers), Math.max(...numbers)];

// `low`, `high`: the range of y, by default that of the values. `formatX`, `formatY`: number → text. `onPick(i)` gets
// the index of the x that the user presses or drags to.
export function createLineChart(root, { low, high, formatX = String, formatY = String, onPick = null } = {}) {
  const picture = svg("svg", { class: "chart", role: "img" });
  root.append(picture);
  let shown = null;
  let cursor = null; // the marked x
  let scaleX = null;
  let width = 0;
  let height = 0;

  function drawFrame(scaleY, ticksX, ticksY) {
    const [left, right, bottom] = [MARGIN_PX.left, width - MARGIN_PX.right, height - MARGIN_PX.bottom];
    const across = ticksY.flatMap((y) => [
      svg("line", { class: "rule", x1: left, x2: right, y1: scaleY(y), y2: scaleY(y) }),
      svg("text", { class: "tick", x: left - 6, y: scaleY(y) + 4, "text-anchor": "end" }, formatY(y)),
    ]);
    let labelEnd = -Infinity; // a label that would overlap the one before is left out
    const along = ticksX.flatMap((x) => {
      const text = formatX(x);
      const half = (text.length * LETTER_WIDTH_PX) / 2;
      const at = Math.max(half, Math.min(width - half, scaleX(x)));
      if (at - half < labelEnd + LETTER_WIDTH_PX) return [];
      labelEnd = at + half;
      return [svg("text", { class: "tick", x: at, y: bottom + 16, "text-anchor": "middle" }, text)];
    });
    return [...across, ...along];
  }

  // Writes the names of the lines at their ends.
  function drawLabels(lines, scaleY) {
    const named = lines.filter(({ text }) => text).map((line) => {
      const last = line.values.findLastIndex(Number.isFinite);
      return { ...line, last };
    }).filter(({ last }) => last >= 0);
    const middle = (height - MARGIN_PX.bottom + MARGIN_PX.top) / 2;
    const beside = (y) => (y < middle ? y + LABEL_GAP_PX + 2 : y - 6); // on the side with more room
    const ends = named.map(({ values, last }) => beside(scaleY(values[last])));
    const positions = spreadLabels(ends, LABEL_GAP_PX, height - MARGIN_PX.bottom - 4);
    return named.map(({ text, kind, last }, i) => {
      const x = Math.max(MARGIN_PX.left + text.length * LETTER_WIDTH_PX, scaleX(shown.xs[last]) - 6);
      return svg("text", { class: `name ${kind}`, x, y: positions[i], "text-anchor": "end" }, text);
    });
  }

  function paint() {
    if (!shown || width === 0) return;
    const { xs, lines, ticks } = shown;
    const numbers = lines.flatMap(({ values }) => values.filter(Number.isFinite));
    const [least, most] = numbers.length ? range(numbers) : [0, 1];
    const y = { low: low ?? Math.min(0, least), high: high ?? (most > 0 ? most : 1) };
    const x = xs.length ? { low: xs[0], high: xs.at(-1) } : { low: 0, high: 1 };
    scaleX = linearScale(x, MARGIN_PX.left, width - MARGIN_PX.right);
    const scaleY = linearScale(y, height - MARGIN_PX.bottom, MARGIN_PX.top);
    const ticksX = ticks ?? roundTicks(x.low, x.high);
    const paths = lines.map(({ values, kind }) => {
      const points = values.map((value, i) => [scaleX(xs[i]), scaleY(value ?? NaN)]);
      return svg("path", { class: `line ${kind}`, d: svgPath(points) });
    });
    const mark = svg("line", { class: "cursor", y1: MARGIN_PX.top, y2: height - MARGIN_PX.bottom });
    const frame = drawFrame(scaleY, ticksX, roundTicks(y.low, y.high));
    picture.replaceChildren(...frame, ...paths, mark, ...drawLabels(lines, scaleY));
    placeCursor();
  }

  function placeCursor() {
    const mark = picture.querySelector(".cursor");
    if (!mark) return;
    const visible = cursor !== null && shown.xs.length > 0;
    mark.setAttribute("visibility", visible ? "visible" : "hidden");
    if (visible) for (const name of ["x1", "x2"]) mark.setAttribute(name, scaleX(cursor));
  }

  function pick(event) {
    if (!scaleX || !shown.xs.length || (event.type === "pointermove" && !event.buttons)) return;
    const x = event.clientX - picture.getBoundingClientRect().left;
    const distances = shown.xs.map((each) => Math.abs(scaleX(each) - x));
    onPick(distances.indexOf(Math.min(...distances)));
  }

  if (onPick) {
    picture.classList.add("picked");
    for (const kind of ["pointerdown", "pointermove"]) picture.addEventListener(kind, pick);
  }
  new ResizeObserver(() => {
    if (picture.clientWidth === 0 || (picture.clientWidth === width && picture.clientHeight === height)) return;
    [width, height] = [picture.clientWidth, picture.clientHeight];
    picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    paint();
  }).observe(picture);

  return {
    // `xs`: ascending numbers. `lines`: [{ values, kind, text }] with a value or null for each x; `kind`: class names,
    // such as "lead", "second", "quiet" or "dashed"; `text`: the label at its end. `ticks`: the labelled x, by default
    // round numbers. `label`: the text for screen readers.
    show({ xs, lines, ticks = null, label }) {
      shown = { xs, lines: lines.map((line) => ({ kind: "", text: "", ...line })), ticks };
      picture.setAttribute("aria-label", label);
      paint();
    },
    // Marks an x with a vertical line; null removes the line.
    mark(x) {
      cursor = x;
      if (shown && scaleX) placeCursor();
    },
  };
}
