// What the server makes while one waits (202 and how far it is): asks until it is there, and shows how far it has come.
import { count, t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { createRetry } from "../api/retry.js";

const PAUSE = 100; // ms

const sleep = (time) => new Promise((resolve) => { setTimeout(resolve, time); });

// `send()` is one try. Workers do not know of each other: another one may have come less far, which is not told.
export async function untilMade(send, { onProgress, signal, pause = () => sleep(PAUSE) }) {
  for (let most = 0; ;) {
    const answer = await send();
    if (answer?.done === undefined) return answer;
    most = Math.max(most, answer.done);
    onProgress({ done: most, of: answer.of });
    await pause();
    signal?.throwIfAborted();
  }
}

// A line in `root` that says so; `key` names the words for the progress.
export function createMaking(root, key) {
  const [line, bar] = [make("p"), make("progress", { value: 0 })];
  root.classList.add("making");
  root.append(line, bar);
  root.hidden = true;

  function show(text, share) {
    root.hidden = false;
    line.textContent = text;
    bar.hidden = share === null;
    bar.value = share ?? 0;
    bar.setAttribute("aria-label", text);
  }

  const retry = createRetry({ onUnavailable: () => show(t("problems.away.detail"), null), onAvailable: () => { root.hidden = true; } });
  const onProgress = ({ done, of }) => show(t(key, { done: count(done), of: count(of) }), done / of);
  return {
    async ask(send, signal) {
      const answer = await untilMade(() => retry.run(send, { signal }), { onProgress, signal });
      root.hidden = true;
      return answer;
    },
    say: (text) => show(text, null),
    hide() { root.hidden = true; },
  };
}
