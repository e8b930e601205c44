/** Answers that have no body; a browser may show an empty one all the same, which no new answer may be made of. */
const bodiless = [204, 205, 304];

/** Ends a request that has not been answered, or whose answer has not gone on, for so long. */
export class Silence {
  readonly #control = new AbortController();
  readonly #patience: number;
  #timer: ReturnType<typeof setTimeout>;

  constructor(patience: number) {
    this.#patience = patience;
    this.#timer = this.#begin();
  }

  get signal() {
    return this.#control.signal;
  }

  /** The same answer. A document has as long again to come; what may be long is heard while it comes. */
  watch(response: Response): Response {
    if (response.body === null || bodiless.includes(response.status)) {
      this.end();
      return response;
    }
    this.#again();
    if (/[/+]json\b/.test(response.headers.get("Content-Type") ?? "")) return response;
    const heard = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, to) => {
        this.#again();
        to.enqueue(chunk);
      },
      flush: () => this.end(),
    });
    return new Response(response.body.pipeThrough(heard), response);
  }

  end() {
    clearTimeout(this.#timer);
  }

  #again() {
    this.end();
    this.#timer = this.#begin();
  }

  #begin() {
    return setTimeout(() => this.#control.abort(new DOMException("Nothing came for too long.", "TimeoutError")), this.#patience);
  }
}
