import { expect, it } from "vitest";

import { formatChart } from "./chart.ts";
import { contenderOf, resultOf, runOf, workOf } from "./result.test-helper.ts";

const widths = (svg: string, kind: string) =>
  [...svg.matchAll(new RegExp(`class="${kind}" x="[\\d.]+" y="\\d+" width="([\\d.]+)"`, "g"))].map((found) =>
    Number(found[1]),
  );

it("formatChart() draws bars in proportion", () => {
  const peer = contenderOf({ name: "peer", runs: [runOf({ wallS: 4 })] });
  const svg = formatChart(resultOf([workOf([contenderOf({ runs: [runOf({ wallS: 2 })] }), peer])]));
  const [own = 0] = widths(svg, "wall own");
  const [other = 0] = widths(svg, "wall");
  expect(other / own).toBeCloseTo(2, 1);
});

it("formatChart() cuts a bar that would make the others too small to compare, and still tells its value", () => {
  const peer = contenderOf({ name: "peer", runs: [runOf({ wallS: 90 })] });
  const svg = formatChart(resultOf([workOf([contenderOf({}), contenderOf({ name: "another" }), peer])]));
  const [own = 0] = widths(svg, "wall own");
  expect((widths(svg, "wall")[1] ?? 0) / own).toBeCloseTo(4, 1);
  expect(svg).toContain('class="cut"');
  expect(svg).toContain("90.0 s");
});

it("formatChart() escapes what comes from outside, and says who failed", () => {
  const svg = formatChart(resultOf([workOf([contenderOf({ name: "<peer>", runs: [] })])]));
  expect(svg).toContain("A &amp; B");
  expect(svg).toContain("&lt;peer&gt;");
  expect(svg).toContain("failed");
});
