// Predict, then reveal: what the network says stays hidden while the class says what it sees. Each new drawing is hidden
// again until the switch is turned off.
import { isBlank } from "../app/undo-history.js";
import { isDialogOpen } from "../lib/keyboard.js";
import { t } from "../lib/i18n.js";

// The layers that tell the answer.
export const SECRET = new Set(["logits", "probabilities"]);

const TEN = Array.from({ length: 10 }, (_, digit) => digit);
const none = () => TEN.map(() => 0);
const ANSWERS_SPACE = "button, a, input, select, textarea, summary, canvas, [tabindex]";

// After a tap Space is to reveal, not to press the same button again; who came by keyboard stays on it.
function leave({ detail, currentTarget }) {
  if (detail > 0) currentTarget.blur();
}

// Another digit of a sheet is no new picture, nor is the one that stays when its sheet is closed.
const isSame = (one, other) => one.image === other?.image || (one.photo && one.photo.source === other?.photo?.source);

// Whether a new drawing begins: on an empty pad, with a picture, or with a stroke that takes a picture's place.
function isAnother(now, before) {
  const [drawing, last] = [now.history.present, before.history.present];
  if (drawing === last) return Boolean(drawing.picture && now.stroke && !before.stroke);
  return isBlank(drawing) || (drawing.picture !== null && !isSame(drawing.picture, last.picture));
}

export function createVote($, { state }) {
  let votes = none();
  const ballots = TEN.map((digit) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", innerHTML: `${digit}<span></span>` });
    button.dataset.vote = digit;
    button.addEventListener("click", (event) => {
      cast(digit);
      leave(event);
    });
    return button;
  });
  $("vote").querySelector(".ballots").replaceChildren(...ballots);
  const marks = [...$("bars").children].map((bar) => {
    const mark = Object.assign(document.createElement("span"), { className: "bar-votes" });
    bar.querySelector(".bar-track").append(mark);
    return mark;
  });

  function paint() {
    const { hidden, predicting, panel } = state.get();
    const cast = votes.some((count) => count > 0);
    votes.forEach((count, digit) => {
      const said = count === 0 ? "vote.ballot_0" : count === 1 ? "vote.ballot_1" : "vote.ballot";
      ballots[digit].setAttribute("aria-label", t(said, { digit, votes: count }));
      ballots[digit].querySelector("span").textContent = count || "";
      marks[digit].textContent = predicting && !hidden && count > 0 ? count : "";
    });
    $("vote").hidden = !hidden;
    $("hidden-note").hidden = !hidden || !panel;
    $("hide").setAttribute("aria-pressed", String(predicting));
    document.documentElement.classList.toggle("hiding", hidden);
    const counts = TEN.filter((digit) => votes[digit] > 0).map((digit) => t("vote.count", { digit, votes: votes[digit] }));
    $("vote-said").textContent = predicting && !hidden && cast ? t("vote.votes", { counts: counts.join(", ") }) : "";
  }

  function cast(digit) {
    votes = votes.map((count, each) => (each === digit ? count + 1 : count));
    paint();
  }

  function hide() {
    votes = none();
    const { open } = state.get();
    const secret = open && SECRET.has(open.layer);
    state.set({ predicting: true, hidden: true, ...(secret ? { open: null } : {}) });
  }

  const reveal = () => state.set({ hidden: false });

  $("hide").addEventListener("click", (event) => {
    leave(event);
    if (state.get().predicting) state.set({ predicting: false, hidden: false });
    else hide();
  });
  $("reveal").addEventListener("click", () => {
    reveal();
    $("hide").focus({ preventScroll: true });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !state.get().hidden || isDialogOpen() || event.target.closest(ANSWERS_SPACE)) return;
    event.preventDefault();
    reveal();
  });
  state.subscribe((now, before) => {
    if (now.predicting && !now.hidden && isAnother(now, before)) hide();
    if (["hidden", "predicting", "panel"].some((name) => now[name] !== before[name])) paint();
  });
  paint();
}
