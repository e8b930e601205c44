import { expect, it } from "vitest";
import { newBot } from "./bots";
import { landing } from "./public";

it("says of a plan with a trial whose it is and what follows, and of another nothing", () => {
  const plan = { trialDays: 7, monthlyCents: 3900, currency: "usd" };
  expect(landing.trial(plan)).toBe("Your first bot: 7 days free, then $39 a month");
  expect(landing.trial({ ...plan, trialDays: 0 })).toBeNull();
  expect(newBot.chargeText("$39", landing.trial(plan))).toContain("Any other: $39 a month, from today");
  expect(newBot.chargeText("$19", null)).toBe("$19 a month, from today. Cancel any day.");
});
