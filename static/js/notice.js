// One message beside the pad: a problem, or that the server is away and when the next try comes.
export function createNotice(root, { onRetry }) {
  const title = root.querySelector("strong");
  const detail = root.querySelector("span");
  const button = root.querySelector("button");
  let kind = null;
  let ticking = null;
  let action = null;

  function show(what, head, text, label, onClick) {
    clearInterval(ticking);
    kind = what;
    title.textContent = head;
    detail.textContent = text;
    button.textContent = label;
    action = onClick;
    root.hidden = false;
  }

  function hide() {
    clearInterval(ticking);
    kind = null;
    root.hidden = true;
  }

  button.addEventListener("click", () => action?.());

  return {
    problem(head, text) { show("problem", head, text, "Close", hide); },
    away({ delay, busy, kept = "drawing" }) {
      const until = Date.now() + delay;
      const head = busy ? "The server is busy" : "The server is away";
      const text = () => `Your ${kept} is kept. Next try in ${Math.max(1, Math.ceil((until - Date.now()) / 1000))}\u00a0s.`;
      show("away", head, text(), "Try now", onRetry);
      ticking = setInterval(() => { detail.textContent = text(); }, 1000);
    },
    // Takes away a message of that kind only.
    clear(what) { if (kind === what) hide(); },
  };
}
