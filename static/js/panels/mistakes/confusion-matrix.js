// Shows a confusion matrix as a table of buttons: a row for each actual digit, a column for each predicted one.
import { arrowStep, hasModifier } from "../../lib/keyboard.js";
import { count, t } from "../../lib/i18n.js";

const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);

// Returns the cell { actual, read } with the most mistakes, or null without any.
export function mostConfused(counts) {
  const cells = DIGITS.flatMap((actual) => DIGITS.filter((read) => read !== actual).map((read) => ({ actual, read })));
  const worst = cells.reduce((a, b) => (counts[b.actual][b.read] > counts[a.actual][a.read] ? b : a));
  return counts[worst.actual][worst.read] > 0 ? worst : null;
}

// Returns a shade from 0 to 1 for each cell: the square root of its share of the largest count, so that one mistake is
// visible beside fifty. The diagonal is not shaded.
export function cellShades(counts) {
  const most = Math.max(1, ...counts.flatMap((row, actual) => row.filter((_, read) => read !== actual)));
  return counts.map((row, actual) => row.map((number, read) => (read === actual ? 0 : Math.sqrt(number / most))));
}

// Returns the cell that a key leads to, or null for other keys.
export function nextCell(key, { actual, read }) {
  const step = arrowStep(key) ?? { Home: [0, -9], End: [0, 9] }[key];
  if (!step) return null;
  const [down, across] = step;
  const clamp = (value) => Math.min(9, Math.max(0, value));
  return { actual: clamp(actual + down), read: clamp(read + across) };
}

// The spoken text of a cell: `number` of the `of` digits of its row.
function cellText(actual, read, number, of) {
  const values = { actual, read, count: count(number), of: count(of) };
  if (actual === read) return t("mistakes.cell_right", values);
  return t(number === 0 ? "mistakes.cell_none" : "mistakes.cell", values);
}

const head = (scope, textContent, more = {}) =>
  Object.assign(document.createElement("th"), { scope, textContent }, more);

export function createConfusionMatrix(table, { onChoose }) {
  const caption = table.createCaption();
  Object.assign(caption, { className: "sr", textContent: t("mistakes.table") });
  const [first, second] = [table.createTHead().insertRow(), table.tHead.insertRow()];
  first.append(document.createElement("td"), head("colgroup", t("mistakes.read"), { colSpan: 10 }));
  second.append(head("col", t("mistakes.actual"), { className: "corner" }), ...DIGITS.map((read) => head("col", read)));
  const body = table.createTBody();
  const buttons = DIGITS.map((actual) => {
    const row = body.insertRow();
    row.append(head("row", actual));
    return DIGITS.map((read) => {
      const button = Object.assign(document.createElement("button"), { type: "button", tabIndex: -1 });
      Object.assign(button.dataset, { actual, read });
      button.classList.toggle("right", actual === read);
      row.insertCell().append(button);
      return button;
    });
  });
  const cellOf = ({ dataset }) => ({ actual: Number(dataset.actual), read: Number(dataset.read) });

  // Makes one cell the only one that Tab reaches.
  function setTabStop({ actual, read }) {
    buttons.flat().forEach((button) => { button.tabIndex = button === buttons[actual][read] ? 0 : -1; });
  }

  body.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) onChoose(cellOf(button));
  });
  body.addEventListener("keydown", (event) => {
    const button = event.target.closest("button");
    const next = button && nextCell(event.key, cellOf(button));
    if (!next || hasModifier(event)) return;
    event.preventDefault();
    setTabStop(next);
    buttons[next.actual][next.read].focus();
  });
  setTabStop({ actual: 0, read: 0 });

  return {
    show(counts) {
      const shades = cellShades(counts);
      const sums = counts.map((row) => row.reduce((a, b) => a + b));
      buttons.forEach((row, actual) => row.forEach((button, read) => {
        const number = counts[actual][read];
        button.textContent = number === 0 ? "·" : String(number);
        button.classList.toggle("empty", number === 0);
        button.setAttribute("aria-label", cellText(actual, read, number, sums[actual]));
        button.style.setProperty("--shade", shades[actual][read].toFixed(3));
      }));
    },
    // Marks the chosen cell. Returns its spoken text.
    mark(cell) {
      for (const button of buttons.flat()) {
        const { actual, read } = cellOf(button);
        button.setAttribute("aria-pressed", String(actual === cell.actual && read === cell.read));
      }
      setTabStop(cell);
      return buttons[cell.actual][cell.read].getAttribute("aria-label");
    },
  };
}
