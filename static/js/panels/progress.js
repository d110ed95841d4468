// Polls the server while it computes a long task, and shows a progress bar.
import { count, t } from "../lib/i18n.js";
import { make } from "../lib/dom.js";
import { createRetry } from "../api/retry.js";

const POLL_MS = 100;

const sleep = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

// Calls `send()` until it resolves to the result instead of a progress { done, of }. Server processes compute
// separately, so a later one may be less far; `onProgress` never goes back.
export async function pollUntilDone(send, { onProgress, signal, pause = () => sleep(POLL_MS) }) {
  for (let most = 0; ;) {
    const response = await send();
    if (response?.done === undefined) return response;
    most = Math.max(most, response.done);
    onProgress({ done: most, of: response.of });
    await pause();
    signal?.throwIfAborted();
  }
}

// A progress bar; `share` is 0 to 1, or null while the progress is unknown.
export function createProgressBar() {
  const bar = make("progress", { value: 0, max: 1 });
  return {
    root: bar,
    hide() { bar.hidden = true; },
    show(share, label) {
      bar.hidden = false;
      if (share === null) bar.removeAttribute("value");
      else bar.value = share;
      bar.setAttribute("aria-label", label);
    },
  };
}

// A line of text in `root` with a progress bar. `key`: the text of the progress, with {done} and {of}.
export function createProgress(root, key) {
  const line = make("p");
  const bar = createProgressBar();
  root.classList.add("making");
  root.append(line, bar.root);
  root.hidden = true;

  const hide = () => { root.hidden = true; };

  function showMessage(text) {
    root.hidden = false;
    line.textContent = text;
    bar.hide();
  }

  function onProgress({ done, of }) {
    root.hidden = false;
    line.textContent = t(key, { done: count(done), of: count(of) });
    bar.show(done / of, line.textContent);
  }

  const retry = createRetry({ onUnavailable: () => showMessage(t("problems.away.detail")), onAvailable: hide });
  return {
    showMessage,
    hide,
    // Polls `send()` and shows the progress. Resolves to the result.
    async run(send, signal) {
      const result = await pollUntilDone(() => retry.run(send, { signal }), { onProgress, signal });
      hide();
      return result;
    },
  };
}
