// Ten small columns: what the network makes of the drawing at this moment.
import { t } from "../lang.js";
import { make } from "../make.js";

export function createColumns(root) {
  const columns = Array.from({ length: 10 }, (_, digit) => make("i", {}, make("b"), make("span", {}, String(digit))));
  const picture = make("div", { class: "learn-columns", role: "img" }, ...columns);
  const said = make("p");
  root.append(picture, said);

  return {
    // `reading`: { digit, probabilities }, or null for an empty pad.
    show(reading) {
      columns.forEach((column, digit) => {
        column.style.setProperty("--share", reading?.probabilities[digit].toFixed(4) ?? 0);
        column.classList.toggle("winner", reading?.digit === digit);
      });
      const percent = reading && (100 * reading.probabilities[reading.digit]).toFixed(0);
      said.textContent = reading ? t("learn.reads", { digit: reading.digit, percent }) : t("learn.no_drawing");
      picture.setAttribute("aria-label", said.textContent);
    },
  };
}
