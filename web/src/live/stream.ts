import { createParser } from "eventsource-parser";
import { Problem } from "../api/problems";

export interface Sent {
  id: string | null;
  data: unknown;
}

interface Following {
  headers?: Readonly<Record<string, string>>;
  after: string | null;
  signal: AbortSignal;
  onOpen: () => void;
  onEvent: (sent: Sent) => void;
}

// The server says that it is there each 15 seconds. One that was silent for three of these is gone, whatever the socket thinks.
const silenceMax = 45_000;

/** Reads one event stream until it ends, which it does by design after a while. */
export async function follow(url: string, { headers: more = {}, after, signal, onOpen, onEvent }: Following): Promise<void> {
  const silent = new AbortController();
  let watch = setTimeout(() => silent.abort(), silenceMax);
  const heard = () => {
    clearTimeout(watch);
    watch = setTimeout(() => silent.abort(), silenceMax);
  };
  try {
    const headers = { ...more, Accept: "text/event-stream", ...(after === null ? {} : { "Last-Event-ID": after }) };
    const response = await fetch(url, { headers, cache: "no-store", signal: AbortSignal.any([signal, silent.signal]) });
    if (!response.ok || response.body === null) throw await Problem.from(response);
    onOpen();
    const parser = createParser({
      onEvent: ({ id, data }) => onEvent({ id: id ?? null, data: JSON.parse(data) }),
    });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      heard();
      parser.feed(chunk.value);
    }
  } finally {
    clearTimeout(watch);
  }
}

/** 1, 2, 4 … 30 seconds, none exactly, so that a server that comes back is not met by everybody at once. */
export const backoff = (failures: number, random: () => number = Math.random) =>
  Math.min(30_000, 1000 * 2 ** Math.max(0, failures - 1)) * (0.75 + random() / 2);
