// “Reading the picture …”, on the pad, for what takes longer than a moment.
const MOMENT = 300; // ms

export function createBusy(root, { onCancel }) {
  let timer = null;
  root.querySelector("button").addEventListener("click", onCancel);
  return {
    show() {
      clearTimeout(timer);
      timer = setTimeout(() => { root.hidden = false; }, MOMENT);
    },
    hide() {
      clearTimeout(timer);
      root.hidden = true;
    },
  };
}
