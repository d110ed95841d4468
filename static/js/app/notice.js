// One message beside the pad: a problem, or that the server is away and when the next try comes. `said` is for who
// listens: the seconds that go by are not told one by one.
import { t } from "../lib/i18n.js";
import { problemText } from "../api/error-text.js";

export function createNotice(root, said, { onRetry }) {
  const title = root.querySelector("strong");
  const detail = root.querySelector("span");
  const button = root.querySelector("button");
  let kind = null;
  let ticking = null;
  let action = null;

  function show(what, head, text, label, onClick) {
    clearInterval(ticking);
    if (what !== "away" || kind !== what) said.textContent = `${head} ${text}`;
    kind = what;
    title.textContent = head;
    detail.textContent = text;
    button.textContent = label;
    action = onClick;
    root.hidden = false;
  }

  const problem = (head, text) => show("problem", head, text, t("notice.close"), hide);

  function hide() {
    clearInterval(ticking);
    kind = null;
    root.hidden = true;
    said.textContent = "";
  }

  button.addEventListener("click", () => action?.());

  return {
    tell(head, text) { show("news", head, text, t("notice.close"), hide); },
    problem,
    complain(error) {
      const { title: head, detail: text } = problemText(error);
      problem(head, text);
    },
    away({ delay, busy, kept = "drawing" }) {
      const until = Date.now() + delay;
      const seconds = () => Math.max(1, Math.ceil((until - Date.now()) / 1000));
      const text = () => t(`notice.kept_${kept}`, { seconds: seconds() });
      show("away", t(busy ? "notice.busy" : "notice.away"), text(), t("notice.retry"), onRetry);
      ticking = setInterval(() => { detail.textContent = text(); }, 1000);
    },
    // Takes away a message of that kind only.
    clear(what) { if (kind === what) hide(); },
  };
}
