import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useAct } from "./act";
import { body, clientOf, pressed } from "./client";
import type { components } from "./schema.gen";
import { Session } from "./session";
import type { Feed } from "../live/feed";
import type { LiveState } from "../live/state";
import { Store } from "./store";

/** What operators see. Their session is one of its own: a customer's opens nothing here, and neither is asked for when the other lapses. */

type Schemas = components["schemas"];

export type Operator = Schemas["OperatorView"];
export type StaffOperation = Schemas["StaffOperationView"];
export type StaffOverview = Schemas["StaffOverviewView"];
export type StaffInvariant = Schemas["StaffInvariantView"];
export type StaffUnserved = Schemas["StaffUnservedView"];
export type StaffBulkResult = Schemas["StaffBulkResultView"];
export type StaffVm = Schemas["StaffVmView"];
export type StaffVmBot = Schemas["StaffVmBotView"];
export type StaffVmDetail = Schemas["StaffVmDetailView"];
export type StaffAlert = Schemas["StaffAlertView"];
export type Runbook = Schemas["RunbookView"];
export type StaffHistoryEvent = Schemas["StaffHistoryEventView"];
export type StaffOrchestration = Schemas["StaffOrchestrationView"];
export type StaffAuditRow = Schemas["StaffAuditRowView"];
export type StaffAccount = Schemas["StaffAccountView"];
export type StaffDeployment = StaffAccount["deployments"][number];
export type StaffOperationDetail = Schemas["StaffOperationDetailView"];
export type StaffFinding = Schemas["StaffFindingView"];
export type StaffRun = Schemas["StaffRunView"];
export type StaffReconciler = Schemas["StaffReconcilerView"];
export type StaffReview = Schemas["StaffReviewView"];
export type StaffUptimeBot = Schemas["StaffUptimeBot"];
export type StaffTopology = Schemas["StaffTopologyView"];
export type StaffNode = Schemas["StaffNodeView"];
export type BulkAction = "retry" | "cancel" | "rollback";
export type OperationFilter = "stuck" | "failed" | "running" | "all";

export const staffSession = new Session();
export const staffApi = clientOf(staffSession);
const api = staffApi;

const root = "staff";
export const staffKeys = {
  all: [root],
  me: [root, "me"],
  security: [root, "security"],
  sessions: [root, "sessions"],
  overview: [root, "overview"],
  operations: [root, "operations"],
  operation: (id: string) => [root, "operation", id],
  reconcile: [root, "reconcile"],
  reviews: [root, "reviews"],
  uptime: [root, "uptime"],
  topology: [root, "topology"],
  vms: [root, "vms"],
  vm: (id: string) => [root, "vm", id],
  alerts: [root, "alerts"],
  orchestration: (id: string) => [root, "orchestration", id],
  audit: (q: string) => [root, "audit", q],
  accounts: (q: string) => [root, "accounts", q],
  allAccounts: [root, "accounts"],
} as const;

// That time has passed is no news: what becomes late, and when a machine was heard last, is asked for in any case.
const seldom = 15_000;

type StaffTopic = Schemas["StaffEvent"]["topic"];

/** What of the above each topic of the stream is about. */
const topics: Record<StaffTopic, readonly (readonly string[])[]> = {
  operations: [staffKeys.operations, staffKeys.overview, [root, "operation"], [root, "orchestration"], staffKeys.topology],
  alerts: [staffKeys.alerts, staffKeys.overview, staffKeys.reviews],
  vms: [staffKeys.vms, [root, "vm"], staffKeys.overview, staffKeys.topology],
  reconcile: [staffKeys.reconcile, staffKeys.overview],
};

/** The operators'. */
export const staffFeed: Feed<StaffTopic> = {
  headers: {},
  url: "/api/staff/events",
  name: "launchpad.staff",
  state: new Store<LiveState>({ mode: "connecting", at: Date.now() }),
  topicOf(data) {
    const { topic } = (typeof data === "object" && data !== null ? data : {}) as { topic?: unknown };
    return typeof topic === "string" && topic in topics ? (topic as StaffTopic) : null;
  },
  about: (topic) => topics[topic],
  // What goes on changes with every step of every bot.
  gather: 1000,
  refreshAll: (queries) =>
    queries.invalidateQueries({ predicate: ({ queryKey }) => Object.values(topics).flat().some((key) => key.every((part, at) => part === queryKey[at])), refetchType: "active" }),
};

export const useOperator = () =>
  useQuery({
    queryKey: staffKeys.me,
    queryFn: async ({ signal }) => {
      const me = await body(api.GET("/staff/auth/me", { signal }));
      staffSession.begun();
      return me;
    },
    staleTime: 60_000,
  });

export const useOverview = () =>
  useQuery({ queryKey: staffKeys.overview, queryFn: ({ signal }) => body(api.GET("/staff/overview", { signal })), refetchInterval: seldom });

const paged = (pageParam: string) => (pageParam === "" ? {} : { cursor: pageParam });
const nextOf = (page: { cursor: string | null }) => page.cursor ?? undefined;

export const useStaffOperations = (status: OperationFilter, enabled = true) =>
  useInfiniteQuery({
    queryKey: [...staffKeys.operations, status],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => body(api.GET("/staff/operations", { params: { query: { status, ...paged(pageParam) } }, signal })),
    getNextPageParam: nextOf,
    refetchInterval: seldom,
    enabled,
  });

/** One with its steps and what a cancellation would take back. */
export const useStaffOperation = (id: string, enabled = true) =>
  useQuery({
    queryKey: staffKeys.operation(id),
    queryFn: ({ signal }) => body(api.GET("/staff/operations/{id}", { params: { path: { id } }, signal })),
    refetchInterval: seldom,
    enabled,
  });

export interface Bulk {
  action: BulkAction;
  ids: readonly string[];
}

/** One is asked for by its own route, which keeps a repeated press harmless; several are answered each for itself. */
export const useStaffAct = () =>
  useAct<Bulk, StaffBulkResult[]>({
    send: async ({ action, ids: [id, ...others] }, key) => {
      if (id === undefined) return [];
      if (others.length > 0) return (await body(api.POST("/staff/operations", { body: { action, ids: [id, ...others] } }))).results;
      const begun = await body(api.POST(`/staff/operations/{id}/${action}`, { params: { path: { id }, header: pressed(key) } }));
      return [{ id, accepted: true, operation: begun.operation, problem: null, detail: null }];
    },
    touches: topics.operations,
  });

/** More minutes for one that goes on. */
export const useExtend = (id: string, onDone: () => void) =>
  useAct<number>({
    send: (minutes, key) =>
      body(api.POST("/staff/operations/{id}/extend", { params: { path: { id }, header: pressed(key) }, body: { minutes } })),
    touches: topics.operations,
    onDone,
  });

export const useReconcile = () =>
  useQuery({ queryKey: staffKeys.reconcile, queryFn: ({ signal }) => body(api.GET("/staff/reconcile", { signal })), refetchInterval: seldom });

export const useReconcileRun = () =>
  useAct({
    send: (_: void, key) => body(api.POST("/staff/reconcile/runs", { params: { header: pressed(key) } })),
    touches: topics.reconcile,
  });

const fix = (id: string, preview: boolean, key?: string) =>
  body(
    api.POST("/staff/reconcile/findings/{id}/fix", {
      params: { path: { id }, query: { preview: preview ? "true" : "false" }, ...(key === undefined ? {} : { header: pressed(key) }) },
    }),
  );

/** What would be done about a difference. Nothing is. */
export const useFixPreview = (id: string) =>
  useQuery({ queryKey: [...staffKeys.reconcile, "fix", id], queryFn: () => fix(id, true), retry: false, gcTime: 0 });

export const useFix = (id: string) => useAct({ send: (_: void, key) => fix(id, false, key), touches: [...topics.reconcile, staffKeys.operations] });

/** Whoever has to be decided about raises an alert, which the stream tells of. */
export const useStaffUptime = () =>
  useQuery({ queryKey: staffKeys.uptime, queryFn: ({ signal }) => body(api.GET("/staff/uptime", { signal })), refetchInterval: 60_000 });

export const useReviews = () =>
  useInfiniteQuery({
    queryKey: staffKeys.reviews,
    queryFn: ({ pageParam, signal }) => body(api.GET("/staff/reviews", { params: { query: pageParam === "" ? {} : { cursor: pageParam } }, signal })),
    initialPageParam: "",
    getNextPageParam: (page) => page.cursor,
  });

export const useDecide = (review: StaffReview, onDone: () => void) =>
  useAct({
    send: (decision: Schemas["StaffReviewDecision"]) =>
      body(
        api.POST("/staff/reviews/{account}/{suspicion}", {
          params: { path: { account: review.account, suspicion: review.suspicion } }, body: decision,
        }),
      ),
    touches: [staffKeys.reviews, ...topics.alerts, staffKeys.operations],
    onDone,
  });

export const useTopology = () =>
  useQuery({ queryKey: staffKeys.topology, queryFn: ({ signal }) => body(api.GET("/staff/topology", { signal })), refetchInterval: seldom });

export const useVms = () =>
  useInfiniteQuery({
    queryKey: staffKeys.vms,
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => body(api.GET("/staff/vms", { params: { query: paged(pageParam) }, signal })),
    getNextPageParam: nextOf,
    refetchInterval: seldom,
  });

export const useVm = (vm: string) =>
  useQuery({
    queryKey: staffKeys.vm(vm),
    queryFn: ({ signal }) => body(api.GET("/staff/vms/{vm}", { params: { path: { vm } }, signal })),
    refetchInterval: seldom,
  });

export const useVmWish = (vm: string, wish: "cordon" | "uncordon" | "drain", onDone: () => void) =>
  useAct({
    send: () => body(api.POST(`/staff/vms/{vm}/${wish}`, { params: { path: { vm } } })),
    touches: [staffKeys.vm(vm), staffKeys.vms, staffKeys.overview],
    onDone,
  });

export const useAlerts = () =>
  useInfiniteQuery({
    queryKey: staffKeys.alerts,
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => body(api.GET("/staff/alerts", { params: { query: paged(pageParam) }, signal })),
    getNextPageParam: nextOf,
    refetchInterval: seldom,
  });

const alertsToo = [staffKeys.alerts, staffKeys.overview];

export const useAcknowledge = (id: string) =>
  useAct({ send: () => body(api.POST("/staff/alerts/{id}/acknowledge", { params: { path: { id } } })), touches: alertsToo });

export const useSilence = (id: string, onDone?: () => void) =>
  useAct({
    send: (until: string | null) => body(api.POST("/staff/alerts/{id}/silence", { params: { path: { id } }, body: { until } })),
    touches: alertsToo,
    onDone: () => onDone?.(),
  });

const isOver = (status: string | undefined) => status === "Completed" || status === "Failed" || status === "Terminated";

export const useOrchestration = (id: string) =>
  useInfiniteQuery({
    queryKey: staffKeys.orchestration(id),
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      body(api.GET("/staff/orchestrations/{id}", { params: { path: { id }, query: paged(pageParam) }, signal })),
    getNextPageParam: nextOf,
    refetchInterval: (query) => (isOver(query.state.data?.pages[0]?.status) ? false : seldom),
  });

export const useAudit = (q: string) =>
  useInfiniteQuery({
    queryKey: staffKeys.audit(q),
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      body(api.GET("/staff/audit", { params: { query: { ...(q === "" ? {} : { q }), ...paged(pageParam) } }, signal })),
    getNextPageParam: nextOf,
  });

export const useStaffAccounts = (q: string) =>
  useQuery({
    queryKey: staffKeys.accounts(q),
    queryFn: ({ signal }) => body(api.GET("/staff/accounts", { params: { query: { q } }, signal })),
    enabled: q !== "",
  });

/** With a reason nobody gets in any more; without one they do again. */
export const useStaffLockAccount = (account: string, onDone: () => void) =>
  useAct({
    send: (reason: string | null) =>
      reason === null
        ? body(api.DELETE("/staff/accounts/{account}/lock", { params: { path: { account } } }))
        : body(api.POST("/staff/accounts/{account}/lock", { params: { path: { account } }, body: { reason } })),
    touches: [staffKeys.allAccounts],
    onDone,
  });

export const useStaffSignOutAll = (onDone: () => void) =>
  useAct({ send: (reason: string) => body(api.POST("/staff/accounts/sign-out", { body: { reason } })), touches: [], onDone });

export const useStaffSignOutAccount = (onDone: () => void) =>
  useAct({
    send: (account: string) => body(api.POST("/staff/accounts/{account}/sign-out", { params: { path: { account } } })),
    touches: [],
    onDone,
  });
