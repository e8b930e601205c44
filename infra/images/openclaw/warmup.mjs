// Runs inside the new image, before it is signed: waits until the gateway is ready, then talks to it through a model that lives here.
// What passes through Node meanwhile ends up in the compile cache that is baked into the image.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const gateway = "http://127.0.0.1:18789";
const deadline = Date.now() + 300_000;
const token = readFileSync("/run/secrets/gateway-token", "utf8");

const model = createServer((request, response) => {
  request.resume().on("end", () => {
    const event = (delta, finish_reason) => `data: ${JSON.stringify({
      id: "warmup", object: "chat.completion.chunk", created: 0, model: "warmup", choices: [{ index: 0, delta, finish_reason }],
    })}\n\n`;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(event({ role: "assistant", content: "warm" }, null) + event({}, "stop") + "data: [DONE]\n\n");
  });
}).listen(9000, "127.0.0.1");

async function isReady() {
  try {
    return (await fetch(`${gateway}/readyz`)).ok;
  } catch {
    return false; // not listening yet
  }
}

while (!(await isReady())) {
  if (Date.now() > deadline) {
    throw new Error("the gateway did not become ready within five minutes");
  }
  await new Promise((resolve) => setTimeout(resolve, 250));
}

for (const stream of [false, true]) {
  const response = await fetch(`${gateway}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "openclaw", stream, messages: [{ role: "user", content: "Are you there?" }] }),
    signal: AbortSignal.timeout(120_000),
  });
  const text = await response.text();
  if (!response.ok || !text.includes("warm")) {
    throw new Error(`the gateway answered ${response.status}: ${text.slice(0, 500)}`);
  }
}

model.closeAllConnections();
model.close();
