import { clock } from "./clock";

/** Every kind of functions/Problems.cs, and the three that only a browser meets. */
export const kinds = [
  "invalid", "malformed", "sign-in-needed", "sign-in-again", "wrong-credentials", "wrong-origin", "not-found", "method-not-allowed",
  "email-taken", "busy", "wrong-state", "backup-unusable", "precondition-needed", "moved", "preview-void", "cannot-work-here",
  "upgrades-paused", "cannot-cancel", "quota-reached", "plan-unknown", "payment-refused", "too-large", "unsupported-media-type",
  "too-many-attempts", "too-many-streams", "unavailable", "fault", "key-reused",
  "unreachable", "unheard", "unknown",
] as const;

export type ProblemKind = (typeof kinds)[number];

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

function kindOf(type: string | null, status: number): ProblemKind {
  const named = kinds.find((kind) => type === `urn:launchpad:problem:${kind}`);
  return named ?? (status === 404 ? "not-found" : status >= 500 ? "fault" : "unknown");
}
