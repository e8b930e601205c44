import { expect, it } from "vitest";
import { placesOf } from "./references";

it("finds where a secret is referred to", () => {
  const reference = { source: "file", provider: "own-apikey-1f2e", id: "value" };
  const config = { models: { providers: { own: { apiKey: reference } } }, tools: [{ key: reference }, { key: { ...reference, provider: "other" } }] };
  expect(placesOf(config, "own-apikey-1f2e")).toEqual(["models.providers.own.apiKey", "tools.0.key"]);
  expect(placesOf(null, "own-apikey-1f2e")).toEqual([]);
});
