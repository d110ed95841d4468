// The small part of the state that a link carries, such as "#model=two_conv&present=1&panel=why".
export function parseHash(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  return { model: fields.get("model") || null, presenting: fields.get("present") === "1", panel: fields.get("panel") };
}

export function formatHash({ model, presenting, panel }) {
  const fields = new URLSearchParams();
  if (model) fields.set("model", model);
  if (presenting) fields.set("present", "1");
  if (panel) fields.set("panel", panel);
  const text = fields.toString();
  return text ? `#${text}` : "";
}
