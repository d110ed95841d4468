// Hides the prediction until the audience has voted. Each new drawing is hidden again until the switch is turned off.
import { isBlank } from "../app/undo-history.js";
import { isDialogOpen } from "../lib/keyboard.js";
import { t } from "../lib/i18n.js";
import { OUTPUT_LAYERS } from "../network/layer-text.js";

const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);
const noVotes = () => DIGITS.map(() => 0);
const USES_SPACE = "button, a, input, select, textarea, summary, canvas, [tabindex]";

// Removes the focus after a click, so that Space reveals instead of pressing the button again. A key press keeps it.
function blurAfterClick({ detail, currentTarget }) {
  if (detail > 0) currentTarget.blur();
}

// True also for two digits of one photo, and for the digit that stays when its photo is closed.
const isSamePicture = (a, b) => a.image === b?.image || (a.photo && a.photo.source === b?.photo?.source);

// True if a new drawing begins: the pad is cleared, a picture is loaded, or a stroke replaces a picture.
function beginsDrawing(now, before) {
  const [drawing, last] = [now.history.present, before.history.present];
  if (drawing === last) return Boolean(drawing.picture && now.stroke && !before.stroke);
  return isBlank(drawing) || (drawing.picture !== null && !isSamePicture(drawing.picture, last.picture));
}

export function createVote($, { state }) {
  let votes = noVotes();
  const ballots = DIGITS.map((digit) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", innerHTML: `${digit}<span></span>` });
    button.dataset.vote = digit;
    button.addEventListener("click", (event) => {
      cast(digit);
      blurAfterClick(event);
    });
    return button;
  });
  $("vote").querySelector(".ballots").replaceChildren(...ballots);
  const barVotes = [...$("bars").children].map((bar) => {
    const element = Object.assign(document.createElement("span"), { className: "bar-votes" });
    bar.querySelector(".bar-track").append(element);
    return element;
  });

  function paint() {
    const { hidden, predicting, panel } = state.get();
    const isRevealed = predicting && !hidden;
    votes.forEach((count, digit) => {
      const key = count === 0 ? "vote.ballot_0" : count === 1 ? "vote.ballot_1" : "vote.ballot";
      ballots[digit].setAttribute("aria-label", t(key, { digit, votes: count }));
      ballots[digit].querySelector("span").textContent = count || "";
      barVotes[digit].textContent = isRevealed && count > 0 ? count : "";
    });
    $("vote").hidden = !hidden;
    $("hidden-note").hidden = !hidden || !panel;
    $("hide").setAttribute("aria-pressed", String(predicting));
    document.documentElement.classList.toggle("hiding", hidden);
    const counts = DIGITS.filter((digit) => votes[digit] > 0)
      .map((digit) => t("vote.count", { digit, votes: votes[digit] }));
    $("vote-said").textContent = isRevealed && counts.length > 0 ? t("vote.votes", { counts: counts.join(", ") }) : "";
  }

  function cast(digit) {
    votes = votes.map((count, each) => (each === digit ? count + 1 : count));
    paint();
  }

  function hide() {
    votes = noVotes();
    const { open } = state.get();
    const isOutput = open && OUTPUT_LAYERS.has(open.layer);
    state.set({ predicting: true, hidden: true, ...(isOutput ? { open: null } : {}) });
  }

  const reveal = () => state.set({ hidden: false });

  $("hide").addEventListener("click", (event) => {
    blurAfterClick(event);
    if (state.get().predicting) state.set({ predicting: false, hidden: false });
    else hide();
  });
  $("reveal").addEventListener("click", () => {
    reveal();
    $("hide").focus({ preventScroll: true });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !state.get().hidden || isDialogOpen() || event.target.closest(USES_SPACE)) return;
    event.preventDefault();
    reveal();
  });
  state.subscribe((now, before) => {
    if (now.predicting && !now.hidden && beginsDrawing(now, before)) hide();
    if (["hidden", "predicting", "panel"].some((name) => now[name] !== before[name])) paint();
  });
  paint();
}
