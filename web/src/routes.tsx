import { createRootRoute, createRoute, createRouter, lazyRouteComponent as page } from "@tanstack/react-router";
import { Landing } from "./pages/public/Landing";
import { Crashed, NotFound, Root } from "./shell/Root";
import type { OperationsSearch } from "./pages/ops/search";

/** The table of contents. All but the first page is fetched when it is gone to, or meant to be. */

const root = createRootRoute({ component: Root, notFoundComponent: NotFound });
const at = { getParentRoute: () => root };

/** Whether it leads to a page of ours is looked at where it is used: a page reads more than its route let through. */
const next = (search: Record<string, unknown>): { next?: string } => (typeof search["next"] === "string" ? { next: search["next"] } : {});

const landing = createRoute({ ...at, path: "/", component: Landing });
const login = createRoute({ ...at, path: "/login", component: page(() => import("./pages/public/SignIn"), "Login"), validateSearch: next });
const signup = createRoute({ ...at, path: "/signup", component: page(() => import("./pages/public/SignIn"), "Signup"), validateSearch: next });
const verify = createRoute({ ...at, path: "/verify", component: page(() => import("./pages/public/Verify"), "Verify") });
const forgot = createRoute({ ...at, path: "/forgot", component: page(() => import("./pages/public/Forgot"), "Forgot") });
const invitation = createRoute({ ...at, path: "/invitation", component: page(() => import("./pages/public/Invitation"), "Invitation") });
const reset = createRoute({ ...at, path: "/reset", component: page(() => import("./pages/public/Reset"), "Reset") });

const signedIn = createRoute({ ...at, id: "signed-in", component: page(() => import("./shell/Shell"), "Shell") });
const inside = { getParentRoute: () => signedIn };

const bots = createRoute({ ...inside, path: "/bots", component: page(() => import("./pages/bots/Bots"), "Bots") });
const newBot = createRoute({
  ...inside,
  path: "/bots/new",
  component: page(() => import("./pages/bots/NewBot"), "NewBot"),
  validateSearch: ({ cloneOf, backup }: Record<string, unknown>): { cloneOf?: string; backup?: string } => ({
    ...(typeof cloneOf === "string" ? { cloneOf } : {}),
    ...(typeof backup === "string" ? { backup } : {}),
  }),
});
const paid = createRoute({
  ...inside,
  path: "/paid",
  component: page(() => import("./pages/bots/Paid"), "Paid"),
  validateSearch: (search: Record<string, unknown>): { deployment?: string; cancelled?: boolean } => ({
    ...(typeof search["deployment"] === "string" ? { deployment: search["deployment"] } : {}),
    ...("cancelled" in search && search["cancelled"] !== false ? { cancelled: true } : {}),
  }),
});
const accountRecord = createRoute({
  ...inside,
  path: "/record",
  component: page(() => import("./pages/account/AccountRecord"), "AccountRecord"),
  validateSearch: ({ q, deployment }: Record<string, unknown>): { q?: string; deployment?: string } => ({
    // A number that is looked for comes out of the address as one.
    ...(typeof q === "string" || typeof q === "number" ? { q: String(q) } : {}),
    ...(typeof deployment === "string" ? { deployment } : {}),
  }),
});
const billing = createRoute({ ...inside, path: "/billing", component: page(() => import("./pages/account/Billing"), "Billing") });
const accountPage = page(() => import("./pages/account/Account"), "AccountPage");
const account = createRoute({ ...inside, path: "/account", component: accountPage });
// Where letters about the account lead.
const security = createRoute({ ...inside, path: "/account/security", component: accountPage });

/** Everything of one bot stands under its name, status and tabs. */
const bot = createRoute({ ...inside, path: "/bots/$id", component: page(() => import("./pages/bots/BotLayout"), "BotLayout") });
const ofBot = { getParentRoute: () => bot };

const overview = createRoute({ ...ofBot, path: "/", component: page(() => import("./pages/bots/Bot"), "Bot") });
const operation = createRoute({ ...ofBot, path: "operations/$op", component: page(() => import("./pages/bots/Operation"), "OperationPage") });
const danger = createRoute({ ...ofBot, path: "danger", component: page(() => import("./pages/bots/Danger"), "Danger") });

interface ConfigSearch {
  view?: "form" | "both" | "json";
  plan?: string;
  /** The level of the settings that is open, none of them for the top. */
  settings?: (string | number)[];
}

const isPart = (part: unknown) => typeof part === "string" || typeof part === "number";
const config = createRoute({
  ...ofBot,
  path: "config",
  component: page(() => import("./pages/bots/BotConfig"), "BotConfig"),
  validateSearch: ({ view, plan, settings }: Record<string, unknown>): ConfigSearch => ({
    ...(view === "form" || view === "json" || view === "both" ? { view } : {}),
    ...(typeof plan === "string" ? { plan } : {}),
    // Whether there is such a level is looked at where the release is known.
    ...(settings === undefined ? {} : { settings: Array.isArray(settings) && settings.every(isPart) ? settings : [] }),
  }),
});
const versions = createRoute({
  ...ofBot,
  path: "versions",
  component: page(() => import("./pages/bots/Versions"), "Versions"),
  validateSearch: ({ from, to, plan }: Record<string, unknown>): { from?: number; to?: number; plan?: string } => ({
    ...(Number.isInteger(from) && Number.isInteger(to) ? { from: Number(from), to: Number(to) } : {}),
    ...(typeof plan === "string" ? { plan } : {}),
  }),
});
const backups = createRoute({ ...ofBot, path: "backups", component: page(() => import("./pages/bots/Backups"), "Backups") });
const secrets = createRoute({ ...ofBot, path: "secrets", component: page(() => import("./pages/bots/Secrets"), "Secrets") });
const usage = createRoute({
  ...ofBot,
  path: "usage",
  component: page(() => import("./pages/bots/Usage"), "Usage"),
  validateSearch: ({ hours }: Record<string, unknown>): { hours?: 1 | 168 | 720 } => (hours === 1 || hours === 168 || hours === 720 ? { hours } : {}),
});
const uptime = createRoute({
  ...ofBot,
  path: "uptime",
  component: page(() => import("./pages/bots/Uptime"), "Uptime"),
  validateSearch: ({ month }: Record<string, unknown>): { month?: string } => (typeof month === "string" && /^\d{4}-(?:0[1-9]|1[0-2])$/.test(month) ? { month } : {}),
});
const record = createRoute({
  ...ofBot,
  path: "record",
  component: page(() => import("./pages/bots/RecordPage"), "RecordPage"),
  validateSearch: ({ who, kind, from }: Record<string, unknown>): { who?: string; kind?: string; from?: string } => ({
    ...(typeof who === "string" ? { who } : {}),
    ...(typeof kind === "string" ? { kind } : {}),
    ...(typeof from === "string" && /^\d{4}-\d\d-\d\d$/.test(from) ? { from } : {}),
  }),
});
const logs = createRoute({
  ...ofBot,
  path: "logs",
  component: page(() => import("./pages/bots/Logs"), "Logs"),
  validateSearch: ({ q, out, line, at: time }: Record<string, unknown>): { q?: string; out?: "stdout" | "stderr"; line?: string; at?: string } => ({
    // A number that is looked for comes out of the address as one.
    ...(typeof q === "string" || typeof q === "number" ? { q: String(q) } : {}),
    ...(out === "stdout" || out === "stderr" ? { out } : {}),
    ...(typeof line === "string" && typeof time === "string" && !Number.isNaN(Date.parse(time)) ? { line, at: time } : {}),
  }),
});

/** The operators' pages, behind a door of their own. */
const staffLogin = createRoute({
  ...at,
  path: "/ops/login",
  component: page(() => import("./pages/ops/StaffLogin"), "StaffLogin"),
  validateSearch: (search: Record<string, unknown>) => (/^\/ops(?:[/?]|$)/.test(next(search).next ?? "") ? next(search) : {}),
});
const staff = createRoute({ ...at, id: "staff", component: page(() => import("./shell/StaffShell"), "StaffShell") });
const ofStaff = { getParentRoute: () => staff };
const words = ({ q }: Record<string, unknown>): { q?: string } => (typeof q === "string" && q !== "" ? { q } : {});

const opsHome = createRoute({ ...ofStaff, path: "/ops", component: page(() => import("./pages/ops/OpsHome"), "OpsHome") });
const opsOperations = createRoute({
  ...ofStaff,
  path: "/ops/operations",
  component: page(() => import("./pages/ops/Operations"), "Operations"),
  validateSearch: (search: Record<string, unknown>): OperationsSearch => {
    const { status, kind, pick } = search as OperationsSearch;
    return {
      ...words(search),
      ...(status === "stuck" || status === "failed" || status === "running" || status === "all" ? { status } : {}),
      ...(typeof kind === "string" ? { kind } : {}),
      ...(Array.isArray(pick) ? { pick: pick.filter((id) => typeof id === "string") } : {}),
    };
  },
});
const opsVms = createRoute({ ...ofStaff, path: "/ops/vms", component: page(() => import("./pages/ops/Vms"), "Vms") });
const opsVm = createRoute({ ...ofStaff, path: "/ops/vms/$vm", component: page(() => import("./pages/ops/Vm"), "VmPage") });
const opsAlerts = createRoute({ ...ofStaff, path: "/ops/alerts", component: page(() => import("./pages/ops/Alerts"), "Alerts") });
const opsReviews = createRoute({ ...ofStaff, path: "/ops/reviews", component: page(() => import("./pages/ops/Reviews"), "Reviews") });
const opsUptime = createRoute({ ...ofStaff, path: "/ops/uptime", component: page(() => import("./pages/ops/StaffUptime"), "StaffUptime") });
const opsReconcile = createRoute({ ...ofStaff, path: "/ops/reconcile", component: page(() => import("./pages/ops/Reconcile"), "Reconcile") });
const opsMap = createRoute({ ...ofStaff, path: "/ops/map", component: page(() => import("./pages/ops/Map"), "MapPage") });
const opsSaga = createRoute({ ...ofStaff, path: "/ops/orchestrations/$id", component: page(() => import("./pages/ops/Orchestration"), "Orchestration") });
const opsAudit = createRoute({ ...ofStaff, path: "/ops/audit", component: page(() => import("./pages/ops/Audit"), "Audit"), validateSearch: words });
const opsAccounts = createRoute({ ...ofStaff, path: "/ops/accounts", component: page(() => import("./pages/ops/Accounts"), "Accounts"), validateSearch: words });

const opsSignIn = createRoute({ ...ofStaff, path: "/ops/sign-in", component: page(() => import("./pages/ops/StaffSecurity"), "StaffSecurity") });

const people = createRoute({ ...inside, path: "/account/people", component: page(() => import("./pages/account/People"), "People") });
const notifications = createRoute({
  ...inside,
  path: "/account/notifications",
  component: page(() => import("./pages/account/Notifications"), "NotificationsPage"),
});
const join = createRoute({ ...inside, path: "/join", component: page(() => import("./pages/account/Join"), "Join") });

const tree = root.addChildren([
  landing, login, signup, verify, forgot, reset, invitation,
  signedIn.addChildren([bots, newBot, paid, accountRecord, billing, account, security, people, notifications, join, bot.addChildren([overview, operation, config, secrets, versions, logs, usage, uptime, backups, record, danger])]),
  staffLogin, staff.addChildren([opsHome, opsOperations, opsVms, opsVm, opsAlerts, opsReviews, opsUptime, opsReconcile, opsMap, opsSaga, opsAudit, opsAccounts, opsSignIn]),
]);

export const makeRouter = () =>
  createRouter({
    routeTree: tree,
    defaultPreload: "intent",
    defaultErrorComponent: Crashed,
    scrollRestoration: true,
    defaultPendingMs: 400,
  });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
