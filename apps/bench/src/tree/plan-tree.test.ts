import { expect, it } from "vitest";

import { planChanges, planSite, planUniform } from "./plan-tree.ts";

it("planSite() has 14,310 files with 484 MB, the same at every call", () => {
  const site = planSite();
  expect(site).toHaveLength(14_310);
  expect(site.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBe(484_000_000);
  expect(new Set(site.map(({ path }) => path)).size).toBe(14_310);
  expect(planSite()).toEqual(site);
});

it("planChanges() gives one file in a hundred another id and the same size", () => {
  const site = planSite();
  const changes = planChanges(site);
  const ids = new Set(site.map(({ id }) => id));
  expect(changes).toHaveLength(143);
  expect(changes.every((change) => !ids.has(change.id))).toBe(true);
  expect(changes[0]).toMatchObject({ path: site[99]?.path, sizeBytes: site[99]?.sizeBytes });
});

it("planUniform() is sorted by path", () => {
  const paths = planUniform(2_500, 16).map(({ path }) => path);
  expect(paths).toEqual(paths.toSorted());
  expect(paths[2_499]).toBe("d0002/f0002499.bin");
});
