// Creates bars for the probabilities of the ten digits.
import { t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { percent } from "../lib/number-format.js";

// Creates an accessible meter for one digit. `children` are its visible parts.
export function createMeter(kind, digit, ...children) {
  return make(kind, {
    role: "meter", "aria-label": t("answer.bar", { digit }), "aria-valuemin": 0, "aria-valuemax": 100,
  }, ...children);
}

// `share`: from 0 to 1. CSS draws the bar from --share.
export function setMeter(meter, share, isWinner) {
  meter.setAttribute("aria-valuenow", percent(share));
  meter.setAttribute("aria-valuetext", t("answer.percent", { share: percent(share) }));
  meter.classList.toggle("winner", isWinner);
  meter.style.setProperty("--share", share.toFixed(4));
}

// Creates a group of ten bars with digits and percentages.
export function createProbabilityBars(root, label) {
  root.classList.add("shares");
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", label);
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const value = make("span");
    const meter = createMeter("div", digit, make("b", {}, String(digit)), make("span.track", {}, make("i")), value);
    root.append(meter);
    return { meter, value };
  });
  return {
    // `shares`: ten numbers from 0 to 1, or null for empty bars.
    show(shares) {
      const winner = shares ? shares.indexOf(Math.max(...shares)) : -1;
      rows.forEach(({ meter, value }, digit) => {
        const share = shares?.[digit] ?? 0;
        setMeter(meter, share, digit === winner);
        value.textContent = shares ? `${percent(share)} %` : "";
      });
    },
  };
}
