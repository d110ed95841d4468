// Runs the lessons: shows their cards and notices when the task of a card is done. static/lessons/NAME.json has the
// texts in every language and, for each card, what it points at and its condition (see lesson-conditions.js).
import { createLessonCard } from "./lesson-card.js";
import { factsOf, isDone } from "./lesson-conditions.js";
import { loadStylesheet } from "../lib/lazy-css.js";

export const LESSON_NAMES = ["pixel", "filter", "relu", "pooling", "softmax", "fails", "training"];
const HOLD_MS = 600; // a condition must hold this long, so that an outdated prediction does not count

async function load(name) {
  const response = await fetch(new URL(`../../lessons/${name}.json`, import.meta.url));
  const { minutes, cards, ...languages } = await response.json();
  const { title, about, cards: texts } = languages[document.documentElement.lang] ?? languages.en;
  return { name, minutes, title, about, cards: cards.map((card, i) => ({ ...card, ...texts[i] })) };
}

// Parses "pixel.3". Returns the lesson and the index of its card; null, the list of all lessons, for an unknown name.
export function parsePlace(text, lessons) {
  const [name, number] = text.split(".");
  const lesson = lessons.find((each) => each.name === name);
  if (!lesson) return null;
  return { lesson, index: Math.min(lesson.cards.length, Math.max(1, Math.floor(Number(number)) || 1)) - 1 };
}

const placeKey = ({ lesson, index }) => `${lesson.name}.${index + 1}`;

export async function createLessons(button, context) {
  const { state } = context;
  const [lessons] = await Promise.all([
    Promise.all(LESSON_NAMES.map(load)), loadStylesheet(new URL("../../css/lessons.css", import.meta.url)),
  ]);
  const doneCards = new Set(); // "pixel.3" …
  const finishedLessons = new Set();
  const go = (lesson) => state.set({ lesson });
  let start = null; // the facts when the card was shown
  let timer = null;

  const card = createLessonCard({
    onClose() {
      go(null);
      button.focus();
    },
    onList: () => go("all"),
    onChoose: (name) => go(`${name}.1`),
    onStep(step) {
      const { lesson, index } = currentPlace();
      const next = index + step;
      if (next === lesson.cards.length) finishedLessons.add(lesson.name);
      go(next < 0 || next === lesson.cards.length ? "all" : placeKey({ lesson, index: next }));
    },
  });

  const currentPlace = () => parsePlace(state.get().lesson ?? "", lessons);

  function holds() {
    const place = currentPlace();
    return place !== null && isDone(place.lesson.cards[place.index].done, factsOf(state.get()), start);
  }

  function stopTimer() {
    clearTimeout(timer);
    timer = null;
  }

  function check() {
    const place = currentPlace();
    if (!place || doneCards.has(placeKey(place)) || !holds()) return stopTimer();
    timer ??= setTimeout(() => {
      timer = null;
      if (!holds()) return;
      doneCards.add(placeKey(currentPlace()));
      card.markDone();
    }, HOLD_MS);
  }

  function show() {
    const { lesson, open, panel } = state.get();
    const place = currentPlace();
    stopTimer();
    start = factsOf(state.get());
    button.setAttribute("aria-expanded", String(lesson !== null));
    if (lesson === null) card.hide();
    else if (place) card.show(place, doneCards.has(placeKey(place)), context);
    else card.list(lessons, finishedLessons);
    card.raise(Boolean(open) && !panel);
    check();
  }

  state.subscribe((now, before) => {
    if (now.lesson !== before.lesson) show();
    else if (now.lesson) {
      card.raise(Boolean(now.open) && !now.panel);
      const place = currentPlace();
      const isNewModel = now.models !== before.models || now.model !== before.model;
      if (place && isNewModel) card.pointAt(place.lesson.cards[place.index].at, context);
      check();
    }
  });
  show();
}
