// Takes pictures from a file, the camera, a drop or the clipboard. Each becomes { image, body }: the canvas that is
// shown and the file that is posted.
import { RequestRefused } from "../api/client.js";
import { createCanvas } from "../lib/canvas.js";

const MAX_SIDE_PX = 1600; // enough for a page full of digits, and a quick upload from a phone
const MAX_UNCHANGED_BYTES = 2e6;
const POSTED_TYPES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp"]);

function drawOnPaper(bitmap, scale) {
  const size = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
  const { canvas, context } = createCanvas(...size, { alpha: false });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function encode(canvas, type) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, type, 0.92));
  if (!blob) throw new RequestRefused({ type: "too-large-to-shrink" });
  return blob;
}

// Shrinks large photos. Throws RequestRefused for a file that the browser cannot decode.
export async function preparePicture(file) {
  let bitmap;
  try {
    // Older browsers refuse the option and apply the orientation anyway.
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => createImageBitmap(file));
  } catch {
    throw new RequestRefused({ type: "not-a-picture" });
  }
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(bitmap.width, bitmap.height));
  const image = drawOnPaper(bitmap, scale);
  bitmap.close();
  const isPostable = scale === 1 && file.size <= MAX_UNCHANGED_BYTES && POSTED_TYPES.has(file.type);
  return { image, body: isPostable ? file : await encode(image, "image/jpeg") };
}

const fileOf = (transfer) => [...(transfer?.files ?? [])][0] ?? null;

// `choosers`: file inputs. `root`: the element for drops and pastes.
export function attachFileInput({ choosers, root, onFile }) {
  for (const chooser of choosers) {
    chooser.addEventListener("change", () => {
      const [file] = chooser.files;
      chooser.value = ""; // the same file can be chosen again
      if (file) onFile(file);
    });
  }

  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  root.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    root.classList.add("dropping");
  });
  root.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) root.classList.remove("dropping");
  });
  root.addEventListener("drop", (event) => {
    root.classList.remove("dropping");
    const file = fileOf(event.dataTransfer);
    if (!file) return;
    event.preventDefault();
    onFile(file);
  });
  root.addEventListener("paste", (event) => {
    const file = fileOf(event.clipboardData);
    if (!file) return;
    event.preventDefault();
    onFile(file);
  });
}
