import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Credentials } from "./account";
import { useAct } from "./act";
import { body, clientOf, pressed } from "./client";
import type { components } from "./schema.gen";
import { Session } from "./session";

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
export type BulkAction = "retry" | "cancel";
export type OperationFilter = "stuck" | "failed" | "running" | "all";

export const staffSession = new Session();
const api = clientOf(staffSession);

const root = "staff";
export const staffKeys = {
  all: [root],
  me: [root, "me"],
  overview: [root, "overview"],
  operations: [root, "operations"],
  vms: [root, "vms"],
  vm: (id: string) => [root, "vm", id],
  alerts: [root, "alerts"],
  orchestration: (id: string) => [root, "orchestration", id],
  audit: (q: string) => [root, "audit", q],
  accounts: (q: string) => [root, "accounts", q],
} as const;

// There is no stream for staff: what is on the screen is asked for again, though not while the page is hidden.
const often = 5000;
const seldom = 15_000;

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

/** The token in the answer is for programs; the browser has the cookie, and the rest is dropped here. */
export const useStaffSignIn = (onDone: (who: Operator) => void) => {
  const queries = useQueryClient();
  return useAct({
    send: async (typed: Credentials) => (await body(api.POST("/staff/auth/login", { body: typed }))).operator,
    touches: [],
    onDone: (who) => {
      staffSession.begun();
      queries.setQueryData(staffKeys.me, who);
      onDone(who);
    },
  });
};

export const useStaffSignOut = (onDone: () => void) =>
  useAct({
    send: () => body(api.POST("/staff/auth/logout")),
    touches: [],
    onDone: () => {
      staffSession.ended();
      onDone();
    },
  });

export const useOverview = () =>
  useQuery({ queryKey: staffKeys.overview, queryFn: ({ signal }) => body(api.GET("/staff/overview", { signal })), refetchInterval: often });

const paged = (pageParam: string) => (pageParam === "" ? {} : { cursor: pageParam });
const nextOf = (page: { cursor: string | null }) => page.cursor ?? undefined;

export const useStaffOperations = (status: OperationFilter, enabled = true) =>
  useInfiniteQuery({
    queryKey: [...staffKeys.operations, status],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => body(api.GET("/staff/operations", { params: { query: { status, ...paged(pageParam) } }, signal })),
    getNextPageParam: nextOf,
    refetchInterval: often,
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
      if (others.length > 0) return (await body(api.POST("/staff/operations/bulk", { body: { action, ids: [id, ...others] } }))).results;
      const begun = await body(api.POST(`/staff/operations/{id}/${action}`, { params: { path: { id }, header: pressed(key) } }));
      return [{ id, accepted: true, operation: begun.operation, problem: null, detail: null }];
    },
    touches: [staffKeys.operations, staffKeys.overview],
  });

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
    refetchInterval: often,
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
    refetchInterval: (query) => (isOver(query.state.data?.pages[0]?.status) ? false : often),
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
