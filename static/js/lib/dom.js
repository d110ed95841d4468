// Creates DOM elements.

// make("p.note", { title: "…" }, "text", child): a tag with its classes, its attributes and its children.
export function make(kind, attributes = {}, ...children) {
  const [tag, ...classes] = kind.split(".");
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function button(kind, attributes, onClick, ...children) {
  const element = make(kind ? `button.${kind}` : "button", { type: "button", ...attributes }, ...children);
  element.addEventListener("click", onClick);
  return element;
}

// Adds or removes children until there are `count`, and returns them. The others stay, with their focus.
export function resizeChildren(parent, count, create) {
  while (parent.children.length < count) parent.append(create(parent.children.length));
  while (parent.children.length > count) parent.lastChild.remove();
  return [...parent.children];
}
