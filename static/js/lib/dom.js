// Elements, made in one line.

// make("p.note", { title: "…" }, "text", child): a tag with its classes, its attributes, and what is in it.
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

// The same children, in as many as are needed, made once and changed in place: nothing jumps, nothing loses its focus.
export function keep(parent, count, create) {
  while (parent.children.length < count) parent.append(create(parent.children.length));
  while (parent.children.length > count) parent.lastChild.remove();
  return [...parent.children];
}
