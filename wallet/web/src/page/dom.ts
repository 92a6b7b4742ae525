/** Elements by their names, never by markup: what comes in is text, always. */

import ICONS from "skillspass:icons/page";

/** What an element holds; what is nothing is left out. */
export type Child = Node | string | number | null | undefined | false;

/** An attribute; a function listens to the event after `on`, true is empty, false and nothing leave it out. */
export type Attribute = string | number | boolean | null | undefined | ((event: Event) => unknown);

const SVG = "http://www.w3.org/2000/svg";

/** An element with its attributes and what it holds. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Readonly<Record<string, Attribute>> = {}, ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map((child) =>
    (child instanceof Node ? child : String(child))));
  return element;
}

/** A drawing by its shapes; read-aloud software skips it. */
export function svg(
  viewBox: string, shapes: readonly (readonly [string, Readonly<Record<string, string>>])[],
  attributes: Readonly<Record<string, string>> = {},
): SVGSVGElement {
  const drawing = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox, "aria-hidden": "true", ...attributes })) {
    drawing.setAttribute(name, value);
  }
  for (const [tag, own] of shapes) {
    const shape = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(own)) shape.setAttribute(name, value);
    drawing.append(shape);
  }
  return drawing;
}

/** An icon; it always stands beside a word. */
export const icon = (name: string): SVGSVGElement => drawIcon(ICONS[name]);

/** An icon by its shapes, for a page that has icons of its own. */
export function drawIcon(shapes: Parameters<typeof svg>[1] = []): SVGSVGElement {
  return svg("0 0 24 24", shapes, {
    class: "sp-icon", fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round",
    "stroke-linejoin": "round",
  });
}

/** Four notches as on a rule, filled up to a level. */
export const gauge = (level: number): SVGSVGElement => svg("0 0 70 16", [0, 1, 2, 3].map((notch) => ["path", {
  d: `M${2 + 17 * notch} 6h15v7h-15z`, fill: notch < level ? "currentColor" : "none", stroke: "currentColor",
  "stroke-width": "1.5",
}] as const), { class: "sp-gauge" });

/** The mark of skillspass. */
export const nut = (): SVGSVGElement => svg("0 0 32 32", ICONS["nut"] ?? [], { class: "sp-nut", width: "30", height: "30" });
