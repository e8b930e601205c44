import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { OrderSteps } from "./OrderSteps";

const drawn = (ordered: boolean) => renderToStaticMarkup(<OrderSteps at={2} ordered={ordered} onGo={() => {}} />);

test("until it is ordered each step leads back, and then none does", () => {
  expect(drawn(false).match(/<button/g)).toHaveLength(2);
  expect(drawn(true)).not.toContain("<button");
  for (const html of [drawn(false), drawn(true)]) expect(html.match(/aria-current="step"[^>]*>Review/g)).toHaveLength(1);
});
