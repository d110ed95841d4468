// The small part of the state that a link carries, such as "#model=two_conv&present=1".
export function parseHash(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  return { model: fields.get("model") || null, presenting: fields.get("present") === "1" };
}

export function formatHash({ model, presenting }) {
  const fields = new URLSearchParams();
  if (model) fields.set("model", model);
  if (presenting) fields.set("present", "1");
  const text = fields.toString();
  return text ? `#${text}` : "";
}
