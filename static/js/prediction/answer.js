// What the network says: the digit, sure or not, the ten bars, and the sentence for those who listen.
import { t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { createMeter, percent, setMeter } from "./probability-bars.js";

const SAID_AFTER = 500; // ms of rest before a reading is spoken, so that a drawing hand is not talked over

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

function paintBar({ bar, value }, share, wins) {
  setMeter(bar, share ?? 0, wins);
  value.textContent = share === null ? "" : percent(share);
}

function doubtText({ digit, doubt, probabilities }) {
  if (doubt === "no-digit") return t("answer.no_digit");
  const rival = probabilities.map((_, i) => i).filter((i) => i !== digit)
    .reduce((best, i) => (probabilities[i] > probabilities[best] ? i : best));
  return t("answer.unsure", { digit, rival });
}

const claimText = ({ digit, claim }) => t("answer.claim", { digit, share: percent(claim) });

function spokenText(reading, verdict) {
  const { digit, sure, probabilities } = reading;
  const share = percent(probabilities[digit]);
  return sure ? t("answer.said", { digit, verdict, share })
    : t("answer.said_unsure", { digit, verdict, share, claim: claimText(reading) });
}

export function createAnswer({ digit, sure, softmax, bars, said }) {
  const ten = createBars(bars);
  let timer = null;

  function say(text) {
    clearTimeout(timer);
    timer = setTimeout(() => { said.textContent = text; }, SAID_AFTER);
  }

  return {
    show(answer, final) {
      const verdict = answer ? (answer.sure ? t("answer.sure") : doubtText(answer)) : "";
      digit.textContent = answer ? String(answer.digit) : "?";
      digit.classList.toggle("unsure", Boolean(answer) && !answer.sure);
      digit.classList.toggle("none", !answer);
      sure.textContent = verdict;
      softmax.textContent = answer && !answer.sure ? claimText(answer) : "";
      ten.forEach((bar, i) => paintBar(bar, answer ? answer.probabilities[i] : null, answer?.digit === i));
      if (!answer) say("");
      else if (final) say(spokenText(answer, verdict));
      else clearTimeout(timer);
    },
  };
}
