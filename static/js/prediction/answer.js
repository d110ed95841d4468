// Shows the prediction: the digit, its confidence, the ten bars, and the text for screen readers.
import { t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { percent } from "../lib/number-format.js";
import { createMeter, setMeter } from "./probability-bars.js";

const ANNOUNCE_DELAY_MS = 500; // of rest before a prediction is read out

function createBars(root) {
  return Array.from({ length: 10 }, (_, digit) => {
    const value = make("span");
    const bar = createMeter("div.bar", digit, make("span.bar-digit", {}, String(digit)),
      make("span.bar-track", {}, make("span.bar-fill")),
      make("span.bar-value", {}, value, make("span.unit", {}, " %")));
    bar.dataset.digit = digit;
    root.append(bar);
    return { bar, value };
  });
}

function paintBar({ bar, value }, share, isWinner) {
  setMeter(bar, share ?? 0, isWinner);
  value.textContent = share === null ? "" : percent(share);
}

function doubtText({ digit, doubt, probabilities }) {
  if (doubt === "no-digit") return t("answer.no_digit");
  const runnerUp = probabilities.map((_, i) => i).filter((i) => i !== digit)
    .reduce((best, i) => (probabilities[i] > probabilities[best] ? i : best));
  return t("answer.unsure", { digit, rival: runnerUp });
}

const claimText = ({ digit, claim }) => t("answer.claim", { digit, share: percent(claim) });

function spokenText(answer, verdict) {
  const { digit, sure, probabilities } = answer;
  const share = percent(probabilities[digit]);
  return sure ? t("answer.said", { digit, verdict, share })
    : t("answer.said_unsure", { digit, verdict, share, claim: claimText(answer) });
}

// `liveRegion` is read out by screen readers.
export function createAnswerView({ digit, sure, softmax, bars, liveRegion }) {
  const rows = createBars(bars);
  let timer = null;

  function announce(text) {
    clearTimeout(timer);
    timer = setTimeout(() => { liveRegion.textContent = text; }, ANNOUNCE_DELAY_MS);
  }

  return {
    // `answer`: a response of /api/predict, or null. `final`: the stroke has ended; only then it is read out.
    show(answer, final) {
      const verdict = answer ? (answer.sure ? t("answer.sure") : doubtText(answer)) : "";
      digit.textContent = answer ? String(answer.digit) : "?";
      digit.classList.toggle("unsure", Boolean(answer) && !answer.sure);
      digit.classList.toggle("none", !answer);
      sure.textContent = verdict;
      softmax.textContent = answer && !answer.sure ? claimText(answer) : "";
      rows.forEach((bar, i) => paintBar(bar, answer ? answer.probabilities[i] : null, answer?.digit === i));
      if (!answer) announce("");
      else if (final) announce(spokenText(answer, verdict));
      else clearTimeout(timer);
    },
  };
}
