import { readFile } from "node:fs/promises";
import { Validator } from "@seriousme/openapi-schema-validator";
import openapiTS, { astToString } from "openapi-typescript";
import { expect, test } from "vitest";

const document = new URL("../../../docs/openapi.json", import.meta.url);
const types = new URL("schema.gen.ts", import.meta.url);

test("the API's document is OpenAPI", async () => {
  const found = await new Validator().validate(JSON.parse(await readFile(document, "utf8")));
  expect(found.errors).toBeUndefined();
  expect(found.valid).toBe(true);
});

test("the types are those of the API's document; `npm run api` makes them anew", async () => {
  const kept = await readFile(types, "utf8");
  const made = astToString(await openapiTS(document));
  expect(kept.endsWith(made)).toBe(true);
}, 30_000);
