// The card of a lesson, and the mark around what it points at. The card is docked where it hides neither pad nor bars.
import { t } from "../lib/i18n.js";
import { button, make } from "../lib/dom.js";

function createClose(onClick) {
  const close = button("quiet.close", { "aria-label": t("lessons.close"), title: t("lessons.close_tip") }, onClick);
  close.innerHTML = '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="m5 5 10 10M15 5 5 15"/></svg>';
  return close;
}

function beside(target) {
  const { top, bottom } = target.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight && target.closest(".panel") !== null;
}

export function createCard({ onClose, onList, onChoose, onStep }) {
  const where = button("where", { title: t("lessons.all") }, onList);
  const title = make("h2.title", { id: "lesson-title", tabindex: -1 });
  const text = make("p.text");
  const [mark, task] = [make("span.mark"), make("span.task")];
  const todo = make("p.todo", {}, mark, task);
  const said = make("p.sr", { role: "status" });
  const choices = make("ul.choices");
  const progress = make("p.progress", { "aria-hidden": "true" });
  const back = button("back", {}, () => onStep(-1), t("lessons.back"));
  const next = button("next", {}, () => onStep(1));
  const [head, foot] = [make("header", {}, where, createClose(onClose)), make("footer", {}, back, progress, next)];
  const parts = [head, title, text, todo, choices, said, foot];
  const root = make("aside.lesson", { id: "lesson", "aria-labelledby": "lesson-title", hidden: "" }, ...parts);
  // The dock lies over the network's side as a whole, so that the card stays in view there whatever is shown below it.
  const dock = make("div.dock", {}, root);
  const narrow = matchMedia("(max-width: 47.99rem)"); // as in lessons.css; there the card has the window's foot
  const place = () => (narrow.matches ? document.body : document.getElementById("inside")).append(dock);
  narrow.addEventListener("change", place);
  place();
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    onClose();
  });

  // So much of the window's foot is taken: what is scrolled to stays above it, and the page's end can be reached.
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
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    // Not before what the state has changed is laid out; and what stands beside the card is in view already.
    const target = marked;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (target === marked && !beside(target)) target.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    }));
  }

  function open(listed) {
    const anew = root.hidden;
    root.hidden = false;
    root.classList.toggle("listed", listed);
    document.documentElement.classList.add("taught");
    root.scrollTop = 0;
    // Whoever steps on from a button stays on it; else the card is read from its title.
    if (anew || !root.contains(document.activeElement) || document.activeElement.disabled) title.focus({ preventScroll: true });
  }

  function tick(done) {
    todo.classList.toggle("done", done);
    mark.textContent = t(done ? "lessons.done" : "lessons.todo");
    next.classList.toggle("lit", done);
    said.textContent = done ? t("lessons.said") : "";
  }

  return {
    show({ lesson, at }, done, page) {
      const [card, count] = [lesson.cards[at], lesson.cards.length];
      where.textContent = t("lessons.where", { title: lesson.title, at: at + 1, count });
      title.textContent = card.title;
      text.textContent = card.text;
      task.textContent = card.do;
      progress.replaceChildren(...lesson.cards.map((_, i) => make(i === at ? "i.here" : i < at ? "i.past" : "i")));
      next.textContent = t(at + 1 === count ? "lessons.finish" : "lessons.next");
      back.disabled = false;
      tick(done);
      choices.replaceChildren();
      open(false);
      pointAt(card.at, page);
    },
    praise: () => tick(true),
    // While a map is open, its drawer has the foot of the window; the card goes to the top and says only what is to do.
    raise: (raised) => dock.classList.toggle("raised", raised),
    pointAt,
    list(lessons, finished) {
      pointAt(null, {});
      title.textContent = t("lessons.choose");
      text.textContent = t("lessons.about");
      choices.replaceChildren(...lessons.map(({ name, title: head, about, minutes, cards }) => {
        const size = make("small", {}, t("lessons.size", { cards: cards.length, minutes }));
        const ended = finished.has(name) ? [make("small.finished", {}, t("lessons.finished"))] : [];
        const words = [make("strong", {}, head), make("span", {}, about), size, ...ended];
        return make("li", {}, button("", { "data-lesson": name }, () => onChoose(name), ...words));
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
