// Shows one message beside the pad: news, a problem, or a server outage with the seconds until the next try.
import { t } from "../lib/i18n.js";
import { errorText } from "../api/error-text.js";

// `liveRegion` is read out by screen readers. It does not get the countdown.
export function createNotice(root, liveRegion, { onRetry }) {
  const title = root.querySelector("strong");
  const detail = root.querySelector("span");
  const button = root.querySelector("button");
  let kind = null; // of the message shown: "news", "problem" or "away"
  let ticking = null;
  let action = null;

  function show(newKind, head, text, label, onClick) {
    clearInterval(ticking);
    if (newKind !== "away" || kind !== newKind) liveRegion.textContent = `${head} ${text}`;
    kind = newKind;
    title.textContent = head;
    detail.textContent = text;
    button.textContent = label;
    action = onClick;
    root.hidden = false;
  }

  const showProblem = (head, text) => show("problem", head, text, t("notice.close"), hide);

  function hide() {
    clearInterval(ticking);
    kind = null;
    root.hidden = true;
    liveRegion.textContent = "";
  }

  button.addEventListener("click", () => action?.());

  return {
    showNews(head, text) { show("news", head, text, t("notice.close"), hide); },
    showProblem,
    showError(error) {
      const { title: head, detail: text } = errorText(error);
      showProblem(head, text);
    },
    // `delay`: milliseconds until the next try. `kept`: the key suffix of the text that names the waiting input.
    showUnavailable({ delay, busy, kept = "drawing" }) {
      const until = Date.now() + delay;
      const seconds = () => Math.max(1, Math.ceil((until - Date.now()) / 1000));
      const text = () => t(`notice.kept_${kept}`, { seconds: seconds() });
      show("away", t(busy ? "notice.busy" : "notice.away"), text(), t("notice.retry"), onRetry);
      ticking = setInterval(() => { detail.textContent = text(); }, 1000);
    },
    // Hides the message if it is of this kind.
    clear(oldKind) { if (kind === oldKind) hide(); },
  };
}
