// What the network says: the digit, sure or not, the ten bars, and the sentence for those who listen.
import { t } from "./lang.js";

const SAID_AFTER = 500; // ms of rest before a reading is spoken, so that a drawing hand is not talked over
const percent = (share) => (share * 100).toFixed(1);

function createBars(root) {
  return Array.from({ length: 10 }, (_, digit) => {
    const bar = document.createElement("div");
    bar.className = "bar";
    bar.dataset.digit = digit;
    for (const [name, value] of Object.entries({
      role: "meter", "aria-label": t("answer.bar", { digit }), "aria-valuemin": 0, "aria-valuemax": 100,
    })) bar.setAttribute(name, value);
    bar.innerHTML = `<span class="bar-digit">${digit}</span><span class="bar-track"><span class="bar-fill"></span></span>`
      + `<span class="bar-value"><span></span><span class="unit"> %</span></span>`;
    root.append(bar);
    return bar;
  });
}

function paintBar(bar, share, wins) {
  const text = percent(share ?? 0);
  bar.setAttribute("aria-valuenow", text);
  bar.setAttribute("aria-valuetext", t("answer.percent", { share: text }));
  bar.classList.toggle("winner", wins);
  bar.style.setProperty("--share", (share ?? 0).toFixed(4));
  bar.querySelector(".bar-value span").textContent = share === null ? "" : text;
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
