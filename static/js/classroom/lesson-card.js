// Shows the card of a lesson and marks the element that it points at. The card covers neither the pad nor the bars.
import { t } from "../lib/i18n.js";
import { button, make } from "../lib/dom.js";

function createCloseButton(onClick) {
  const close = button("quiet.close", { "aria-label": t("lessons.close"), title: t("lessons.close_tip") }, onClick);
  close.innerHTML = '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="m5 5 10 10M15 5 5 15"/></svg>';
  return close;
}

// True for an element of the left column that is fully in view.
function isVisibleBesideCard(target) {
  const { top, bottom } = target.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight && target.closest(".panel") !== null;
}

export function createLessonCard({ onClose, onList, onChoose, onStep }) {
  const place = button("where", { title: t("lessons.all") }, onList);
  const title = make("h2.title", { id: "lesson-title", tabindex: -1 });
  const text = make("p.text");
  const [mark, task] = [make("span.mark"), make("span.task")];
  const todo = make("p.todo", {}, mark, task);
  const spoken = make("p.sr", { role: "status" });
  const choices = make("ul.choices");
  const progress = make("p.progress", { "aria-hidden": "true" });
  const back = button("back", {}, () => onStep(-1), t("lessons.back"));
  const next = button("next", {}, () => onStep(1));
  const head = make("header", {}, place, createCloseButton(onClose));
  const foot = make("footer", {}, back, progress, next);
  const parts = [head, title, text, todo, choices, spoken, foot];
  const root = make("aside.lesson", { id: "lesson", "aria-labelledby": "lesson-title", hidden: "" }, ...parts);
  // The dock covers the right column, so that the card stays in view when the column scrolls.
  const dock = make("div.dock", {}, root);
  const narrow = matchMedia("(max-width: 47.99rem)"); // as in lessons.css; the card is at the bottom of the window
  const attachDock = () => (narrow.matches ? document.body : document.getElementById("inside")).append(dock);
  narrow.addEventListener("change", attachDock);
  attachDock();
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    onClose();
  });

  // The style sheets keep this height free at the bottom of the window.
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--lesson", root.hidden ? "0px" : `${root.offsetHeight}px`);
  }).observe(root);

  let marked = null;
  function pointAt(selectors, { state }) {
    marked?.classList.remove("pointed-at");
    marked = selectors?.map((each) => document.querySelector(each)).find(Boolean) ?? null;
    if (!marked) return;
    if (marked.closest("#layers")) state.set({ panel: null, layer: marked.dataset.layer ?? state.get().layer });
    marked.classList.add("pointed-at");
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    const target = marked;
    // After two frames the change of the state is laid out.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (target === marked && !isVisibleBesideCard(target)) target.scrollIntoView({ block: "nearest", behavior });
    }));
  }

  function open(isList) {
    const wasHidden = root.hidden;
    root.hidden = false;
    root.classList.toggle("listed", isList);
    document.documentElement.classList.add("taught");
    root.scrollTop = 0;
    // A pressed button keeps the focus; else the title gets it, where screen readers begin.
    const { activeElement } = document;
    if (wasHidden || !root.contains(activeElement) || activeElement.disabled) title.focus({ preventScroll: true });
  }

  function showDone(done) {
    todo.classList.toggle("done", done);
    mark.textContent = t(done ? "lessons.done" : "lessons.todo");
    next.classList.toggle("lit", done);
    spoken.textContent = done ? t("lessons.said") : "";
  }

  return {
    show({ lesson, index }, done, context) {
      const [card, count] = [lesson.cards[index], lesson.cards.length];
      place.textContent = t("lessons.where", { title: lesson.title, at: index + 1, count });
      title.textContent = card.title;
      text.textContent = card.text;
      task.textContent = card.do;
      const dotKind = (i) => (i === index ? "i.here" : i < index ? "i.past" : "i");
      progress.replaceChildren(...lesson.cards.map((_, i) => make(dotKind(i))));
      next.textContent = t(index + 1 === count ? "lessons.finish" : "lessons.next");
      back.disabled = false;
      showDone(done);
      choices.replaceChildren();
      open(false);
      pointAt(card.at, context);
    },
    markDone: () => showDone(true),
    // Moves the card to the top and shows its task only, while a drawer is open at the bottom.
    raise: (raised) => dock.classList.toggle("raised", raised),
    pointAt,
    // `finished`: a Set of names of lessons.
    list(lessons, finished) {
      pointAt(null, {});
      title.textContent = t("lessons.choose");
      text.textContent = t("lessons.about");
      choices.replaceChildren(...lessons.map(({ name, title: heading, about, minutes, cards }) => {
        const size = make("small", {}, t("lessons.size", { cards: cards.length, minutes }));
        const badge = finished.has(name) ? [make("small.finished", {}, t("lessons.finished"))] : [];
        const content = [make("strong", {}, heading), make("span", {}, about), size, ...badge];
        return make("li", {}, button("", { "data-lesson": name }, () => onChoose(name), ...content));
      }));
      open(true);
    },
    hide() {
      pointAt(null, {});
      root.hidden = true;
      document.documentElement.classList.remove("taught");
      choices.replaceChildren();
    },
  };
}
