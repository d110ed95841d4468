// The guided lessons: which card is shown, and when what it asks for is done. A lesson is data: static/lessons/NAME.json
// holds its words in every language and, for each card, what it points at and the condition that ends it (lessonfacts.js).
import { createCard } from "./lesson-card.js";
import { factsOf, isDone } from "./lesson-conditions.js";
import { loadStylesheet } from "../lib/lazy-css.js";

export const NAMES = ["pixel", "filter", "relu", "pooling", "softmax", "fails", "training"];
const HOLD = 600; // ms that a condition has to hold: what is true in passing, while an answer is on its way, does not count

async function load(name) {
  const answer = await fetch(new URL(`../../lessons/${name}.json`, import.meta.url));
  const { minutes, cards, ...words } = await answer.json();
  const { title, about, cards: texts } = words[document.documentElement.lang] ?? words.en;
  return { name, minutes, title, about, cards: cards.map((card, i) => ({ ...card, ...texts[i] })) };
}

// "pixel.3" → the lesson and its card, counted from 0; null stands for the list of all lessons.
export function placeIn(text, lessons) {
  const [name, number] = text.split(".");
  const lesson = lessons.find((each) => each.name === name);
  if (!lesson) return null;
  return { lesson, at: Math.min(lesson.cards.length, Math.max(1, Math.floor(Number(number)) || 1)) - 1 };
}

export async function createLessons(button, page) {
  const { state } = page;
  const [lessons] = await Promise.all([
    Promise.all(NAMES.map(load)), loadStylesheet(new URL("../../css/lessons.css", import.meta.url)),
  ]);
  const done = new Set(); // "pixel.3" …
  const finished = new Set();
  const go = (lesson) => state.set({ lesson });
  let start = null;
  let timer = null;

  const card = createCard({
    onClose() {
      go(null);
      button.focus();
    },
    onList: () => go("all"),
    onChoose: (name) => go(`${name}.1`),
    onStep(step) {
      const { lesson, at } = here();
      if (at + step === lesson.cards.length) finished.add(lesson.name);
      go(at + step < 0 || at + step === lesson.cards.length ? "all" : `${lesson.name}.${at + step + 1}`);
    },
  });

  const here = () => placeIn(state.get().lesson ?? "", lessons);
  const keyOf = ({ lesson, at }) => `${lesson.name}.${at + 1}`;

  function holds() {
    const place = here();
    return place !== null && isDone(place.lesson.cards[place.at].done, factsOf(state.get()), start);
  }

  // Looks at every change of the state.
  function look() {
    const place = here();
    if (!place || done.has(keyOf(place)) || !holds()) {
      clearTimeout(timer);
      timer = null;
      return;
    }
    timer ??= setTimeout(() => {
      timer = null;
      if (!holds()) return;
      done.add(keyOf(here()));
      card.praise();
    }, HOLD);
  }

  function show() {
    const { lesson } = state.get();
    const place = here();
    clearTimeout(timer);
    timer = null;
    start = factsOf(state.get());
    button.setAttribute("aria-expanded", String(lesson !== null));
    if (lesson === null) card.hide();
    else if (place) card.show(place, done.has(keyOf(place)), page);
    else card.list(lessons, finished);
    card.raise(Boolean(state.get().open) && !state.get().panel);
    look();
  }

  state.subscribe((now, before) => {
    if (now.lesson !== before.lesson) show();
    else if (now.lesson) {
      card.raise(Boolean(now.open) && !now.panel);
      const place = here();
      if (place && (now.models !== before.models || now.model !== before.model)) card.pointAt(place.lesson.cards[place.at].at, page);
      look();
    }
  });
  show();
}
