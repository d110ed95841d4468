// Decodes the arrays in the server's responses.
export function decodeBytes(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

// Decodes little-endian float32 values.
export function decodeFloats({ shape, data }) {
  const view = new DataView(decodeBytes(data).buffer);
  return { shape, values: Float32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true)) };
}

// Names the sizes of a shape [maps, height, width]. A list of n numbers is n maps of 1 × 1.
export function mapShape(shape) {
  const [count, height = 1, width = 1] = shape;
  return { count, height, width };
}

// Throws RangeError if the bytes do not fill the shape.
export function decodeLayer(layer) {
  const bytes = decodeBytes(layer.data);
  const { count, height, width } = mapShape(layer.shape);
  if (bytes.length !== count * height * width) {
    throw new RangeError(`${layer.name}: ${bytes.length} bytes do not fill its shape`);
  }
  return { ...layer, data: undefined, bytes, count, height, width };
}

export const valueAt = (layer, i) => layer.low + (layer.bytes[i] / 255) * (layer.high - layer.low);

// Returns the lowest and the highest value of one map.
export function mapRange(layer, map) {
  const size = layer.height * layer.width;
  let [low, high] = [255, 0];
  for (let i = map * size; i < (map + 1) * size; i += 1) {
    low = Math.min(low, layer.bytes[i]);
    high = Math.max(high, layer.bytes[i]);
  }
  const step = (layer.high - layer.low) / 255;
  return { low: layer.low + low * step, high: layer.low + high * step };
}

// Colours the pixels from `from` up to `to`. Pixels have the order of the bytes: all maps of a layer, one below the
// other.
export function colorBytes(bytes, table, pixels, from = 0, to = bytes.length) {
  for (let i = from; i < to; i += 1) pixels[i] = table[bytes[i]];
}
