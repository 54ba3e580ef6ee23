// A few words to build pages with.

export const make = <K extends keyof HTMLElementTagNameMap>(name: K, className = "", ...content: (Node | string)[]): HTMLElementTagNameMap[K] => {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...content);
  return element;
};

/** A button that does something. */
export function button(label: string, act: () => unknown, primary = false): HTMLButtonElement {
  const made = make("button", primary ? "primary" : "", label);
  made.type = "button";
  made.addEventListener("click", () => void act());
  return made;
}

/** A table with a head; wide ones scroll by themselves. */
export function table(label: string, head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const cells = (kind: "th" | "td", row: readonly string[]): HTMLElement =>
    make("tr", "", ...row.map((text) => {
      const cell = make(kind, "", text);
      if (kind === "th") cell.scope = "col";
      return cell;
    }));
  const scroll = make("div", "scroll", make("table", "", make("thead", "", cells("th", head)), make("tbody", "", ...rows.map((row) => cells("td", row)))));
  scroll.tabIndex = 0;
  scroll.role = "region";
  scroll.ariaLabel = label;
  return scroll;
}
