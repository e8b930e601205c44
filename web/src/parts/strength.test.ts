import { expect, it } from "vitest";
import { strength } from "./strength";

it("knows what is guessed first, and what is not", () => {
  expect(strength("password1", "")).toBeLessThan(2);
  expect(strength("qwertyuiop", "")).toBeLessThan(2);
  expect(strength("lovelace1815", "")).toBe(3);
  expect(strength("lovelace1815", "ada.lovelace@example.com")).toBe(1);
  expect(strength("ada.lovelace@example.com", "ada.lovelace@example.com")).toBe(0);
  expect(strength("bicycle lantern above nine oceans", "")).toBe(4);
});
