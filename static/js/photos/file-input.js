// Pictures from outside: a file, the camera, a drop, the clipboard. Each becomes { image, body }: a canvas that shows it
// and the bytes that are posted.
import { Refused } from "../api/client.js";
import { createCanvas } from "../lib/canvas.js";

const LONGEST = 1600; // px: enough for a sheet full of digits, and it spares the phone's upload
const HEAVIEST = 2e6;
const POSTABLE = new Set(["image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp"]);

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
  if (!blob) throw new Refused({ type: "too-large-to-shrink" });
  return blob;
}

export async function preparePicture(file) {
  let bitmap;
  try {
    // Older browsers know no such choice, and turn pictures upright by themselves.
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => createImageBitmap(file));
  } catch {
    throw new Refused({ type: "not-a-picture" });
  }
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const image = drawOnPaper(bitmap, scale);
  bitmap.close();
  const asItIs = scale === 1 && file.size <= HEAVIEST && POSTABLE.has(file.type);
  return { image, body: asItIs ? file : await encode(image, "image/jpeg") };
}

const fileOf = (transfer) => [...(transfer?.files ?? [])][0] ?? null;

export function attachPictures({ choosers, page, onFile }) {
  for (const chooser of choosers) {
    chooser.addEventListener("change", () => {
      const [file] = chooser.files;
      chooser.value = ""; // so that the same file can be chosen again
      if (file) onFile(file);
    });
  }

  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  page.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    page.classList.add("dropping");
  });
  page.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) page.classList.remove("dropping");
  });
  page.addEventListener("drop", (event) => {
    page.classList.remove("dropping");
    const file = fileOf(event.dataTransfer);
    if (!file) return;
    event.preventDefault();
    onFile(file);
  });
  page.addEventListener("paste", (event) => {
    const file = fileOf(event.clipboardData);
    if (!file) return;
    event.preventDefault();
    onFile(file);
  });
}
