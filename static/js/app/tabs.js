// Shows one panel at a time under a row of tabs. A panel loads its code and stylesheet when it is first opened.
import { arrowStep, hasModifier } from "../lib/keyboard.js";
import { t } from "../lib/i18n.js";
import { loadStylesheet } from "../lib/lazy-css.js";

// Each name stands for panels/NAME.js and css/panels/NAME.css. The module exports
// create(root, context, commands) → { update(now, before), paint() }, called at a change of the state and of the theme.
const PANELS = ["why", "compare", "neighbours", "mistakes", "timeline"];
if (document.body.dataset.training) PANELS.push("learn");

async function loadPanel(name, root, context, commands) {
  const [module] = await Promise.all([
    import(`../panels/${name}.js`), loadStylesheet(new URL(`../../css/panels/${name}.css`, import.meta.url)),
  ]);
  return module.create(root, context, commands);
}

// `tabList` gets the tabs, `inside` the panels. `commands`: { draw, take }, see main.js.
export function createTabs(tabList, inside, context, commands) {
  const { state } = context;
  const names = ["layers", ...PANELS];
  const layers = inside.querySelector("#layers");
  const opened = new Map(); // name → { root, panel, failed }; panel is null while it loads
  tabList.hidden = names.length === 1;
  tabList.setAttribute("aria-label", t("panels.label"));
  const tabs = names.map((name) => {
    const tab = document.createElement("button");
    Object.assign(tab, { type: "button", id: `tab-${name}`, textContent: t(`panels.${name}`) });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", name === "layers" ? "layers" : `panel-${name}`);
    tab.addEventListener("click", () => {
      state.set({ panel: name === "layers" ? null : name });
      if (opened.get(name)?.failed) show();
    });
    return tab;
  });
  tabList.replaceChildren(...tabs);
  tabList.addEventListener("keydown", (event) => {
    const step = arrowStep(event.key)?.[1];
    if (!step || hasModifier(event)) return;
    event.preventDefault();
    const next = (tabs.indexOf(document.activeElement) + step + names.length) % names.length;
    tabs[next].focus();
    tabs[next].click();
  });

  const chosen = () => state.get().panel ?? "layers";
  // A link may name a panel that does not exist.
  const exists = (panel) => panel === null || PANELS.includes(panel);

  async function open(name) {
    const root = document.createElement("section");
    Object.assign(root, { id: `panel-${name}`, className: "panel-body" });
    root.setAttribute("role", "tabpanel");
    root.setAttribute("aria-labelledby", `tab-${name}`);
    inside.append(root);
    const entry = { root, panel: null, failed: false };
    opened.set(name, entry);
    try {
      entry.panel = await loadPanel(name, root, context, commands);
    } catch (error) {
      entry.failed = true; // until the tab is chosen again
      root.textContent = t("panels.broken");
      throw error;
    }
    entry.panel.update();
  }

  function show() {
    const name = chosen();
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(names[i] === name));
      tab.tabIndex = names[i] === name ? 0 : -1;
    });
    layers.hidden = name !== "layers";
    if (opened.get(name)?.failed) {
      opened.get(name).root.remove();
      opened.delete(name);
    }
    if (name !== "layers" && !opened.has(name)) open(name);
    opened.forEach(({ root }, each) => { root.hidden = each !== name; });
  }

  // Only the visible panel is updated. A panel that becomes visible gets the missed changes and the theme.
  state.subscribe((now, before) => {
    if (!exists(now.panel)) return state.set({ panel: null });
    if (now.panel !== before.panel) show();
    const { panel } = opened.get(chosen()) ?? {};
    panel?.update(now, before);
    if (now.panel !== before.panel) panel?.paint();
  });
  if (!exists(state.get().panel)) state.set({ panel: null });
  show();
  return { paint() { opened.get(chosen())?.panel?.paint(); } };
}
