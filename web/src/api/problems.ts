import { clock } from "./clock";
import type { components } from "./schema.gen";

type Wire<Type> = Type extends `urn:launchpad:problem:${infer Kind}` ? Kind : never;

/** Every kind that the document lists, and the four that only a browser meets. */
export type ProblemKind = Wire<components["schemas"]["Problem"]["type"]> | "unreachable" | "unheard" | "passkey-dropped" | "push-refused" | "unknown";

const urn = "urn:launchpad:problem:";

interface Parts {
  kind: ProblemKind;
  status: number;
  title: string;
  detail: string;
  field?: string | null;
  requestId?: string | null;
  /** By the server's clock, in milliseconds. */
  retryAt?: number | null;
}

/** Why a call did not do what was asked. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly field: string | null;
  readonly requestId: string | null;
  readonly retryAt: number | null;

  constructor(parts: Parts) {
    super(parts.detail || parts.title);
    this.kind = parts.kind;
    this.status = parts.status;
    this.title = parts.title;
    this.detail = parts.detail;
    this.field = parts.field ?? null;
    this.requestId = parts.requestId ?? null;
    this.retryAt = parts.retryAt ?? null;
  }

  /** The network failed before or after the server got it: what was asked may have been done. */
  static unheard = () => new Problem({ kind: "unheard", status: 0, title: "", detail: "" });

  static unreachable = () => new Problem({ kind: "unreachable", status: 0, title: "", detail: "" });

  static of = (fault: unknown) =>
    fault instanceof Problem
      ? fault
      : new Problem({ kind: "unknown", status: 0, title: "", detail: fault instanceof Error ? fault.message : String(fault) });

  static async from(response: Response): Promise<Problem> {
    const body: unknown = await response.json().catch(() => null);
    const text = (name: string) => {
      const value = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[name] : null;
      return typeof value === "string" ? value : null;
    };
    const seconds = Number(response.headers.get("Retry-After"));
    return new Problem({
      kind: kindOf(text("type"), response.status),
      status: response.status,
      title: text("title") ?? "",
      detail: text("detail") ?? "",
      field: text("field") ?? text("detail")?.match(/^'([\w.-]+)' /)?.[1] ?? null,
      requestId: text("requestId") ?? text("traceId") ?? response.headers.get("X-Request-Id"),
      retryAt: seconds > 0 ? clock.now() + seconds * 1000 : null,
    });
  }
}

/** Whether the same again may end otherwise: nothing was wrong with what was asked, or nobody heard it. */
export const mayHelp = ({ kind, status }: Problem) => ["unheard", "unreachable", "unavailable", "internal"].includes(kind) || status >= 500;

/** A kind that is newer than this page is shown with the words that came with it. */
function kindOf(type: string | null, status: number): ProblemKind {
  if (type?.startsWith(urn)) return type.slice(urn.length) as ProblemKind;
  return status === 404 ? "not-found" : status >= 500 ? "internal" : "unknown";
}
