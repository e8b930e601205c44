import { expect, it } from "vitest";
import { curlOf } from "./Curl";

it("quotes what was typed, so that a shell reads it to the letter", () => {
  expect(curlOf({ method: "PATCH", path: "/deployments/dep_1", body: { name: "it's $HOME" } }, "https://x.example")).toBe(
    [
      "curl -X PATCH 'https://x.example/api/deployments/dep_1'",
      '-H "Authorization: Bearer $TOKEN"',
      "-H 'Content-Type: application/json'",
      `-d '{"name":"it'\\''s $HOME"}'`,
    ].join(" \\\n  "),
  );
});
