// The kernels of a layer as small pictures, all in one scale around zero. Each keeps its canvas, so that they can change
// in place as a network learns.
import { colorTable } from "./colors.js";
import { createCanvas } from "./png.js";

// The largest absolute number: the two ends of the scale.
export function strongest(values) {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

// Numbers from −limit to limit → pixels of the table that colorTable makes for −1 to 1.
export function colorValues(values, limit, table, pixels) {
  const unit = limit > 0 ? 127.5 / limit : 0;
  for (let i = 0; i < values.length; i += 1) {
    pixels[i] = table[Math.min(255, Math.max(0, Math.round(127.5 + values[i] * unit)))];
  }
}

export function createKernels(root, { getTheme }) {
  let shown = null;
  root.classList.add("kernels");
  root.setAttribute("role", "img");

  function paint() {
    if (!shown) return;
    const { values, height, width, limit } = shown;
    const size = height * width;
    const table = colorTable(-1, 1, getTheme());
    [...root.children].forEach((canvas, i) => {
      const context = canvas.getContext("2d");
      const image = context.createImageData(width, height);
      colorValues(values.subarray(i * size, (i + 1) * size), limit, table, new Uint32Array(image.data.buffer));
      context.putImageData(image, 0, 0);
    });
  }

  return {
    // `values`: Float32Array of all kernels, one after the other; `shape`: [count, height, width]. `limit`: the ends of the
    // scale, the strongest weight unless given; give the same one for all moments, and kernels grow as they do in truth.
    // `label`: what they are, for those who do not see them.
    show({ values, shape: [count, height, width], limit = strongest(values), label }) {
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
