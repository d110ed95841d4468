// Ten probabilities as ten bars that change in place.
import { t } from "./lang.js";
import { make } from "./make.js";

export function createShares(root, label) {
  root.classList.add("shares");
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", label);
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const [fill, value] = [make("i"), make("span")];
    const row = make("div", { role: "meter", "aria-label": t("answer.bar", { digit }), "aria-valuemin": 0, "aria-valuemax": 100 },
      make("b", {}, String(digit)), make("span", { class: "track" }, fill), value);
    root.append(row);
    return { row, fill, value };
  });
  return {
    // `shares`: ten numbers from 0 to 1, or null where there is nothing to show.
    show(shares) {
      const winner = shares ? shares.indexOf(Math.max(...shares)) : -1;
      rows.forEach(({ row, fill, value }, digit) => {
        const percent = (100 * (shares?.[digit] ?? 0)).toFixed(1);
        row.setAttribute("aria-valuenow", percent);
        row.setAttribute("aria-valuetext", t("answer.percent", { share: percent }));
        row.classList.toggle("winner", digit === winner);
        fill.style.setProperty("--share", (shares?.[digit] ?? 0).toFixed(4));
        value.textContent = shares ? `${percent} %` : "";
      });
    },
  };
}
