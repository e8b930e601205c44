import { expect, it } from "vitest";
import { ago, duration, megabytes, money, period, remaining } from "./format";

it("says how long something took as people would", () => {
  expect([0, 180, 9949, 9950, 59_499, 65_000, 3_900_000, 273_600_000].map(duration)).toEqual([
    "0.0 s", "0.2 s", "9.9 s", "10 s", "59 s", "1 m 05 s", "1 h 05 m", "3 d 4 h",
  ]);
});

it("names a span as it was chosen", () => {
  expect([86_400_000, 7 * 86_400_000, 30_000, 5_400_000].map(period)).toEqual(["24 hours", "7 days", "30 seconds", "1.5 hours"]);
});

it("counts down to nothing and never below", () => {
  expect([-5, 1, 60_000, 3_661_000].map(remaining)).toEqual(["0:00", "0:01", "1:00", "1:01:01"]);
});

it("says how long ago something was", () => {
  const now = Date.UTC(2026, 10, 28, 12);
  expect([now - 3000, now - 30_000, now - 300_000, now + 7_200_000].map((at) => ago(at, now))).toEqual([
    "just now", "30 seconds ago", "5 minutes ago", "in 2 hours",
  ]);
});

it("shows money without needless cents", () => {
  expect(money(1900, "usd")).toBe("$19");
  expect(money(1950, "eur")).toBe("€19.50");
  expect(megabytes(2048)).toBe("2 GB");
});
