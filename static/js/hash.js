// The small part of the state that a link carries, such as "#model=two_conv&present=1&panel=why".
export function parseHash(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  return {
    model: fields.get("model") || null,
    presenting: fields.get("present") === "1",
    panel: fields.get("panel"),
    lesson: fields.get("lesson"), // such as "pixel.3": its name and the card
  };
}

export function formatHash({ model, presenting, panel, lesson }) {
  const fields = new URLSearchParams();
  if (model) fields.set("model", model);
  if (presenting) fields.set("present", "1");
  if (panel) fields.set("panel", panel);
  if (lesson) fields.set("lesson", lesson);
  const text = fields.toString();
  return text ? `#${text}` : "";
}
