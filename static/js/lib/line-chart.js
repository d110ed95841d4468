// A small line chart: SVG in the colours of css/training-widgets.css, drawn anew for the width that it has.
const NAMESPACE = "http://www.w3.org/2000/svg";
const SPACE = { left: 38, right: 12, top: 10, bottom: 22 }; // px around the lines
const LETTER = 7; // px a letter of an end label takes, about
const LABEL = 14; // px between two end labels

// Round numbers from `low` to `high`, `about` so many.
export function niceTicks(low, high, about = 4) {
  if (!(high > low)) return [low];
  const rough = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

// A number between `low` and `high` → px between `from` and `to`.
export function scaleOf({ low, high }, from, to) {
  const span = high - low || 1;
  return (x) => from + ((x - low) / span) * (to - from);
}

// The line through points in px; what is no number leaves a gap.
export function pathOf(points) {
  const there = points.map(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  return points.map(([x, y], i) => {
    if (!there[i]) return "";
    const alone = !there[i - 1] && !there[i + 1]; // a dot: the first number of a curve is to be seen before the second
    return `${there[i - 1] ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}${alone ? "h0" : ""}`;
  }).join("");
}

// Places of labels, moved so that they lie `gap` apart, in the same order, none beyond `bottom`.
export function apart(places, gap, bottom) {
  const order = places.map((_, i) => i).sort((a, b) => places[a] - places[b]);
  const moved = [...places];
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

const ends = (numbers) => [Math.min(...numbers), Math.max(...numbers)];

// `low`, `high`: of y, taken from the numbers where they are not given. `formatX`, `formatY`: number → text.
// `onPick(i)`: somebody points at the i-th x, by pressing or by pulling.
export function createChart(root, { low, high, formatX = String, formatY = String, onPick = null } = {}) {
  const picture = svg("svg", { class: "chart", role: "img" });
  root.append(picture);
  let shown = null;
  let cursor = null; // the x that is marked
  let scaleX = null;
  let width = 0;
  let height = 0;

  function frame(scaleY, ticksX, ticksY) {
    const [left, right, bottom] = [SPACE.left, width - SPACE.right, height - SPACE.bottom];
    const across = ticksY.flatMap((y) => [
      svg("line", { class: "rule", x1: left, x2: right, y1: scaleY(y), y2: scaleY(y) }),
      svg("text", { class: "tick", x: left - 6, y: scaleY(y) + 4, "text-anchor": "end" }, formatY(y)),
    ]);
    let taken = -Infinity; // where the last label ends: one that would run into it is left out
    const along = ticksX.flatMap((x) => {
      const text = formatX(x);
      const half = (text.length * LETTER) / 2;
      const at = Math.max(half, Math.min(width - half, scaleX(x)));
      if (at - half < taken + LETTER) return [];
      taken = at + half;
      return [svg("text", { class: "tick", x: at, y: bottom + 16, "text-anchor": "middle" }, text)];
    });
    return [...across, ...along];
  }

  // The names of the lines, at their ends.
  function labels(lines, scaleY) {
    const named = lines.filter(({ text }) => text).map((line) => {
      const last = line.values.findLastIndex(Number.isFinite);
      return { ...line, last };
    }).filter(({ last }) => last >= 0);
    const middle = (height - SPACE.bottom + SPACE.top) / 2;
    const beside = (y) => (y < middle ? y + LABEL + 2 : y - 6); // on the side where there is room
    const places = apart(named.map(({ values, last }) => beside(scaleY(values[last]))), LABEL, height - SPACE.bottom - 4);
    return named.map(({ text, kind, last }, i) => {
      const x = Math.max(SPACE.left + text.length * LETTER, scaleX(shown.xs[last]) - 6);
      return svg("text", { class: `name ${kind}`, x, y: places[i], "text-anchor": "end" }, text);
    });
  }

  function paint() {
    if (!shown || width === 0) return;
    const { xs, lines, ticks } = shown;
    const numbers = lines.flatMap(({ values }) => values.filter(Number.isFinite));
    const [least, most] = numbers.length ? ends(numbers) : [0, 1];
    const y = { low: low ?? Math.min(0, least), high: high ?? (most > 0 ? most : 1) };
    const x = xs.length ? { low: xs[0], high: xs.at(-1) } : { low: 0, high: 1 };
    scaleX = scaleOf(x, SPACE.left, width - SPACE.right);
    const scaleY = scaleOf(y, height - SPACE.bottom, SPACE.top);
    const ticksX = ticks ?? niceTicks(x.low, x.high);
    const paths = lines.map(({ values, kind }) =>
      svg("path", { class: `line ${kind}`, d: pathOf(values.map((value, i) => [scaleX(xs[i]), scaleY(value ?? NaN)])) }));
    const mark = svg("line", { class: "cursor", y1: SPACE.top, y2: height - SPACE.bottom });
    picture.replaceChildren(...frame(scaleY, ticksX, niceTicks(y.low, y.high)), ...paths, mark, ...labels(lines, scaleY));
    placeCursor();
  }

  function placeCursor() {
    const mark = picture.querySelector(".cursor");
    if (!mark) return;
    const there = cursor !== null && shown.xs.length > 0;
    mark.setAttribute("visibility", there ? "visible" : "hidden");
    if (there) for (const name of ["x1", "x2"]) mark.setAttribute(name, scaleX(cursor));
  }

  function pick(event) {
    if (!scaleX || !shown.xs.length || (event.type === "pointermove" && !event.buttons)) return;
    const x = event.clientX - picture.getBoundingClientRect().left;
    const far = shown.xs.map((each) => Math.abs(scaleX(each) - x));
    onPick(far.indexOf(Math.min(...far)));
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
    // `xs`: rising numbers. `lines`: [{ values, kind, text }], a value for each x or null; `kind` is its class, such as
    // "lead", "second", "quiet" or "dashed" (several may be given); `text` stands at its end. `ticks`: the x that are
    // written below, chosen by itself unless given. `label`: the chart in a sentence, for those who do not see it.
    show({ xs, lines, ticks = null, label }) {
      shown = { xs, lines: lines.map((line) => ({ kind: "", text: "", ...line })), ticks };
      picture.setAttribute("aria-label", label);
      paint();
    },
    // Marks an x by an upright line; null takes it away.
    mark(x) {
      cursor = x;
      if (shown && scaleX) placeCursor();
    },
  };
}
