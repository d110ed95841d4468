// The kernels of a layer as small pictures, all in one scale around zero. Each keeps its canvas, so that they can change
// in place as a network learns.
import { maxAbsolute, paintValues } from "../lib/colormap.js";
import { createCanvas } from "../lib/canvas.js";

export function createKernels(root, { getTheme }) {
  let shown = null;
  root.classList.add("kernels");
  root.setAttribute("role", "img");

  function paint() {
    if (!shown) return;
    const { values, height, width, limit } = shown;
    const size = height * width;
    [...root.children].forEach((canvas, i) => {
      const context = canvas.getContext("2d");
      const image = context.createImageData(width, height);
      paintValues(new Uint32Array(image.data.buffer), values.subarray(i * size, (i + 1) * size), limit, getTheme());
      context.putImageData(image, 0, 0);
    });
  }

  return {
    // `values`: Float32Array of all kernels, one after the other; `shape`: [count, height, width]. `limit`: the ends of the
    // scale, the strongest weight unless given; give the same one for all moments, and kernels grow as they do in truth.
    // `label`: what they are, for those who do not see them.
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
