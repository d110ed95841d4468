// Shows the kernels of a layer as small images on one scale around zero. The canvases are kept and repainted in place.
import { createCanvas } from "../lib/canvas.js";
import { paintSignedValues } from "../lib/canvas-painting.js";
import { maxAbsolute } from "../lib/colormap.js";

export function createKernelImages(root, { getTheme }) {
  let shown = null;
  root.classList.add("kernels");
  root.setAttribute("role", "img");

  function paint() {
    if (!shown) return;
    const { values, height, width, limit } = shown;
    const size = height * width;
    [...root.children].forEach((canvas, i) => {
      paintSignedValues(canvas, values.subarray(i * size, (i + 1) * size), [height, width], limit, getTheme());
    });
  }

  return {
    // `values`: Float32Array of all kernels, one after the other; `shape`: [count, height, width]. `limit`: the largest
    // absolute value of the scale; use the same one for all snapshots of a training. `label`: for screen readers.
    show({ values, shape: [count, height, width], limit = maxAbsolute(values), label }) {
      shown = { values, height, width, limit };
      root.setAttribute("aria-label", label);
      const first = root.firstChild;
      if (root.children.length !== count || first?.width !== width || first?.height !== height) {
        root.replaceChildren(...Array.from({ length: count }, () => createCanvas(width, height).canvas));
      }
      paint();
    },
    paint,
  };
}
