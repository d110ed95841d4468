// The card of a lesson, and the mark around what it points at. The card is docked where it hides neither pad nor bars.
import { t } from "./lang.js";

const element = (name, className, text = "") => Object.assign(document.createElement(name), { className, textContent: text });

function createButton(className, text, onClick) {
  const button = element("button", className, text);
  button.type = "button";
  button.addEventListener("click", onClick);
  return button;
}

function createClose(onClick) {
  const button = createButton("quiet close", "", onClick);
  button.innerHTML = '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="m5 5 10 10M15 5 5 15"/></svg>';
  button.setAttribute("aria-label", t("lessons.close"));
  button.title = t("lessons.close_tip");
  return button;
}

function beside(target) {
  const { top, bottom } = target.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight && target.closest(".panel") !== null;
}

export function createCard({ onClose, onList, onChoose, onStep }) {
  const root = element("aside", "lesson");
  root.id = "lesson";
  root.hidden = true;
  root.setAttribute("aria-labelledby", "lesson-title");
  const where = createButton("where", "", onList);
  where.title = t("lessons.all");
  const title = Object.assign(element("h2", "title"), { id: "lesson-title", tabIndex: -1 });
  const text = element("p", "text");
  const todo = element("p", "todo");
  const [mark, task] = [element("span", "mark"), element("span", "task")];
  todo.append(mark, task);
  const said = element("p", "sr");
  said.setAttribute("role", "status");
  const choices = element("ul", "choices");
  const progress = element("p", "progress");
  progress.setAttribute("aria-hidden", "true");
  const [back, next] = [createButton("back", t("lessons.back"), () => onStep(-1)), createButton("next", "", () => onStep(1))];
  const [head, foot] = [element("header", ""), element("footer", "")];
  head.append(where, createClose(onClose));
  foot.append(back, progress, next);
  root.append(head, title, text, todo, choices, said, foot);
  // The dock lies over the network's side as a whole, so that the card stays in view there whatever is shown below it.
  const dock = element("div", "dock");
  dock.append(root);
  document.getElementById("inside").append(dock);
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
      progress.replaceChildren(...lesson.cards.map((_, i) => element("i", i === at ? "here" : i < at ? "past" : "")));
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
        const [item, button] = [element("li", ""), createButton("", "", () => onChoose(name))];
        button.dataset.lesson = name;
        const size = t("lessons.size", { cards: cards.length, minutes });
        button.append(element("strong", "", head), element("span", "", about), element("small", "", size));
        if (finished.has(name)) button.append(element("small", "finished", t("lessons.finished")));
        item.append(button);
        return item;
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
