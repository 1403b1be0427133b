import { png } from "./png.ts";
import { wav } from "./wav.ts";

/** What somebody did to the site's bucket at one time. */
export interface Day {
  /** RFC 3339 */
  readonly at: string;
  readonly title: string;
  /** Path below the source to content. */
  readonly uploads: Readonly<Record<string, string | Buffer>>;
  readonly deletes: readonly string[];
}

/** Uploaded in parts, over HTTP. */
export const MULTIPART_PATH = "audio/interview.wav";

/** A bakery's site over four days, with names as people give them. */
export function siteDays(): readonly Day[] {
  return [
    { at: "2026-11-02T09:00:00Z", title: "The site goes online", uploads: launch(), deletes: [] },
    {
      at: "2026-11-03T14:30:00Z",
      title: "A typo is mended, pictures of the new shop come",
      uploads: {
        "index.html": page("Bakery Müller", "Bread since 1911. <b>New:</b> our shop in the market hall."),
        "shop/Eröffnung, Marktplatz.png": photo(30),
        "shop/Übersicht größer.png": photo(31),
      },
      deletes: [],
    },
    {
      at: "2026-11-05T08:15:00Z",
      title: "A redesign, and an interview in parts",
      uploads: {
        "index.html": page("Bakery Müller", "Bread since 1911, in new clothes."),
        "style.css": stylesheet("#7a3b1d"),
        "img/logo.svg": logo("#7a3b1d"),
        "img/hero.png": photo(77),
        "shop/🎉 party.png": photo(32),
        [MULTIPART_PATH]: wav(130, [262, 330, 392, 523, 392, 330]),
      },
      deletes: ["prices, 2025.csv"],
    },
    {
      at: "2026-11-06T07:40:00Z",
      title: "The redesign's colour is changed once more",
      uploads: { "style.css": stylesheet("#8a4b2d"), "prices, 2026.csv": prices(2026) },
      deletes: [],
    },
  ];
}

function launch(): Record<string, string | Buffer> {
  const gallery = Array.from({ length: 48 }, (_, index) => {
    const number = String(index + 1).padStart(2, "0");
    return [`gallery/loaf ${number}.png`, photo(index)] as const;
  });
  const news = Array.from({ length: 24 }, (_, index) => {
    const day = String(index + 1).padStart(2, "0");
    return [`news/2026-10-${day}.html`, page(`News of ${day} October`, `Fresh rolls, batch ${index + 1}.`)] as const;
  });
  return {
    "index.html": page("Bakery Müller", "Bred since 1911."),
    "about us.html": page("About us", "Four bakers, one oven."),
    "404.html": page("Not here", "Nor in the oven."),
    "style.css": stylesheet("#444444"),
    "app.js": 'document.documentElement.dataset.ready = "yes";\n',
    "robots.txt": "User-agent: *\nAllow: /\n",
    "img/logo.svg": logo("#444444"),
    "img/hero.png": photo(5),
    "img/100% rye + spelt.png": photo(6),
    "prices, 2025.csv": prices(2025),
    "downloads/.keep": "",
    ...Object.fromEntries(gallery),
    ...Object.fromEntries(news),
  };
}

function page(title: string, text: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
<img src="/img/logo.svg" alt="Bakery Müller">
<h1>${title}</h1>
<p>${text}</p>
</html>
`;
}

function stylesheet(color: string): string {
  return `:root { --crust: ${color}; }\nbody { font: 18px/1.5 serif; margin: 4rem auto; max-width: 40rem; }\nh1 { color: var(--crust); }\n`;
}

function logo(color: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 60">
  <ellipse cx="60" cy="34" rx="52" ry="20" fill="${color}"/>
  <path d="M30 24l10 18M55 18l10 24M80 20l8 20" stroke="#fff" stroke-width="4"/>
</svg>
`;
}

/** No two numbers give the same picture. */
function photo(number: number): Buffer {
  const waves = 2 + (number % 7);
  return png(320, 200, (x, y) => [
    Math.round(255 * x),
    Math.round(127 + 127 * Math.sin(waves * Math.PI * (x + y))),
    (number * 37 + Math.round(100 * y)) % 256,
  ]);
}

function prices(year: number): string {
  return `bread,price\nrye,${(year - 2021).toFixed(2)}\n"roll, plain",0.${year % 100}\n`;
}
