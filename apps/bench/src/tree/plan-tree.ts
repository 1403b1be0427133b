import { normal, random } from "./random.ts";

/** One file to be: equal ids and sizes mean equal bytes. */
export interface PlannedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly id: number;
}

/** As many files and bytes as the media folder of a real site. */
const SITE_FILES = 14_310;
const SITE_BYTES = 484_000_000;
/** Of the logarithm of sizes: many small files, few large ones. */
const SIGMA = 1.6;
/** One file in a hundred changes. */
const CHANGE_EVERY = 100;
/** A file holds its id in its first bytes, so smaller ones could not change visibly. */
const LEAST_BYTES = 16;

const NAMES = ["hero", "team", "product", "gallery", "news", "map", "portrait", "detail", "banner", "icon"];
const ENDINGS = [".jpg", "-300x200.jpg", "-1024x683.webp", ".png", ".pdf", ".svg", ".mp4", ".woff2"];

/** A site's media folder, the same at every call: 14,310 files of log-normal sizes with 484 MB. */
export function planSite(): PlannedFile[] {
  const next = random(20_261_101);
  const weights = Array.from({ length: SITE_FILES }, () => Math.exp(SIGMA * normal(next)));
  const scale = (SITE_BYTES - SITE_FILES * LEAST_BYTES) / weights.reduce((sum, weight) => sum + weight, 0);
  const sizes = weights.map((weight) => LEAST_BYTES + Math.floor(weight * scale));
  sizes[0] = (sizes[0] ?? 0) + SITE_BYTES - sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((sizeBytes, index) => {
    const folder = `uploads/${2015 + (index % 11)}/${String(1 + (index % 12)).padStart(2, "0")}`;
    const name = NAMES[Math.floor(next() * NAMES.length)] ?? "";
    const ending = ENDINGS[Math.floor(next() * ENDINGS.length)] ?? "";
    return { path: `${folder}/${name}-${index}${ending}`, sizeBytes, id: index };
  });
}

/** The files of a tree that change, with new bytes of the same size: one in a hundred. */
export function planChanges(files: readonly PlannedFile[]): PlannedFile[] {
  return files
    .filter((_, index) => index % CHANGE_EVERY === CHANGE_EVERY - 1)
    .map((file) => ({ ...file, id: file.id + files.length }));
}

/** So many files of one size, in folders of a thousand. */
export function planUniform(count: number, sizeBytes: number): PlannedFile[] {
  return Array.from({ length: count }, (_, index) => {
    const folder = String(Math.floor(index / 1_000)).padStart(4, "0");
    return { path: `d${folder}/f${String(index).padStart(7, "0")}.bin`, sizeBytes, id: index };
  });
}
