/** The page in an export that shows it without network or script (wallet design, section 6). */

const UNSAFE: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const STYLE = "body{font:1.06rem/1.5 sans-serif;max-width:38rem;margin:auto;padding:1rem}section{border:1px solid #999;border-radius:8px;padding:1rem;margin:1rem 0}dt{color:#555}dd{margin:0 0 .5rem}";

/** One credential as people read it. */
export interface Viewed {
  readonly title: string;
  readonly by: string;
  readonly lines: readonly (readonly [label: string, value: string])[];
}

/** The page; every text in it is somebody's, so each is escaped. */
export function viewerOf(language: string, title: string, note: string, cards: readonly Viewed[]): string {
  const sections = cards.map(({ title: name, by, lines }) => {
    const rows = lines.map(([label, value]) => `<dt>${escaped(label)}</dt><dd>${escaped(value)}</dd>`).join("");
    return `<section><h2>${escaped(name)}</h2><p>${escaped(by)}</p><dl>${rows}</dl></section>`;
  });
  return `<!doctype html><html lang="${escaped(language)}"><head><meta charset="utf-8">`
    + '<meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">'
    + `<title>${escaped(title)}</title><style>${STYLE}</style></head><body><main><h1>${escaped(title)}</h1><p>${escaped(note)}</p>`
    + `${sections.join("")}</main></body></html>`;
}

const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (letter) => UNSAFE[letter] ?? "");
