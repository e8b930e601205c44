import createClient from "openapi-fetch";
import { clock } from "./clock";
import type { paths } from "./schema.gen";
import { Problem } from "./problems";
import { type Session, session } from "./session";
import { Silence } from "./silence";
import { inWorkplace } from "./workplace";

/** For how long nothing may come; a long answer that goes on coming is waited for. */
const patience = 30_000;

/** One call: what is no answer becomes a {@link Problem}, and who has to sign in does so over the page, after which the call goes on. */
const sender = (of: Session, headers: Readonly<Record<string, string>>) =>
  async function send(request: Request): Promise<Response> {
    for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
    const again = request.clone();
    const response = await attempt(request);
    if (response.ok || response.status === 304) return response;

    const problem = await Problem.from(response);
    const waits = problem.kind === "sign-in-needed" || problem.kind === "sign-in-again";
    if (!waits || !(await of.regained(problem.kind === "sign-in-again" ? "again" : "lapsed"))) throw problem;
    return send(again);
  };

async function attempt(request: Request): Promise<Response> {
  const asked = Date.now();
  const silence = new Silence(patience);
  const reads = request.method === "GET" || request.method === "HEAD";
  try {
    const response = silence.watch(await fetch(request, { signal: AbortSignal.any([request.signal, silence.signal]) }));
    clock.note(response.headers.get("Date"), asked);
    // A proxy that gave up says nothing about what became of a change.
    if (!reads && (response.status === 502 || response.status === 504) && !isProblem(response)) throw Problem.unheard();
    return response;
  } catch (fault) {
    silence.end();
    if (request.signal.aborted || fault instanceof Problem) throw fault;
    throw reads ? Problem.unreachable() : Problem.unheard();
  }
}

const isProblem = (response: Response) => response.headers.get("Content-Type")?.startsWith("application/problem+json") === true;

/** The same API for whoever is signed in by another door: customers and staff are asked for their own passwords. */
export const clientOf = <Paths extends {} = paths>(of: Session, headers: Readonly<Record<string, string>> = {}) =>
  createClient<Paths>({ baseUrl: "/api", fetch: sender(of, headers) });

export const api = clientOf(session, inWorkplace);

/** The body of an answer; {@link send} has thrown for everything that is none. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}

export const pressed = (key: string) => ({ "Idempotency-Key": key });
