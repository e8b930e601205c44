/** What the API answers, as functions/*.cs writes it. */

export type Tone = "ok" | "busy" | "warn" | "bad" | "idle";

export type DeploymentStatus =
  | "requested" | "provisioning" | "configuring" | "starting" | "running"
  | "updating" | "failed" | "restarting" | "suspended" | "terminated";

export type OperationKind =
  | "provision" | "terminate" | "test-message" | "restart" | "pair-browser" | "update" | "upgrade" | "rollback"
  | "preview" | "suspend" | "resume" | "replace" | "backup" | "restore" | "drill" | "move";

export type ActionName =
  | "rename" | "message" | "openBot" | "restart" | "suspend" | "resume" | "change" | "upgrade" | "rollback"
  | "backup" | "restore" | "drill" | "clone" | "delete" | "undelete" | "retry" | "pay" | "eject";

export interface Account {
  id: string;
  email: string;
  createdAt: string;
}

export interface Session {
  id: string;
  createdAt: string;
  expiresAt: string;
  current: boolean;
  browser: string | null;
}

export interface Plan {
  id: string;
  name: string;
  tier: "shared" | "dedicated";
  memoryMb: number;
  cpus: number;
  storageMb: number;
  monthlyCents: number;
  currency: string;
}

export interface Capabilities {
  undoHours: number;
  deploymentsMax: number;
  messageCharsMax: number;
  testMode: boolean;
  release: string | null;
  model: string | null;
}

export interface Billing {
  state: "none" | "unpaid" | "active" | "past-due" | "canceled" | "refunded";
  plan: string | null;
  periodEnd: string | null;
  cancelAtPeriodEnd: boolean;
  reason: string;
  refunds: { subscription: string; amount: number; currency: string }[];
}

export interface Can {
  action: ActionName;
  allowed: boolean;
  why: string | null;
}

export interface Deployment {
  id: string;
  name: string;
  plan: string;
  status: DeploymentStatus;
  statusSince: string;
  reason: string | null;
  url: string | null;
  model: string | null;
  release: string | null;
  activeVersion: number | null;
  lastKnownGood: number | null;
  operation: string | null;
  lastOperation: string | null;
  createdAt: string;
  undoUntil: string | null;
  billing: Billing;
  can: Can[];
}

export interface Failure {
  code: string;
  message: string;
  step: string;
  undone: string[];
  next: string;
}

export interface OperationSummary {
  id: string;
  deployment: string;
  deploymentName: string;
  kind: OperationKind;
  status: "accepted" | "running" | "succeeded" | "failed";
  by: string;
  createdAt: string;
  finishedAt: string | null;
  result: string | null;
  failure: Failure | null;
}

export interface Step {
  name: string;
  title: string;
  status: "pending" | "started" | "done" | "failed";
  attempt: number;
  startedAt: string | null;
  durationMs: number | null;
  detail: string | null;
  code: string | null;
  usualMs: number | null;
  compensates: string | null;
}

export interface Operation extends OperationSummary {
  deadline: string;
  steps: Step[];
  ifCancelled: string[] | null;
  cancelling: boolean;
  retryable: boolean;
  undoUntil: string | null;
  usualMs: number | null;
  waitingFor: { what: string; since: string; until: string } | null;
}

export interface Health {
  state: "up" | "down" | "observer-problem" | "unknown" | "vm-lost";
  blind: string[];
  said: string | null;
  since: string | null;
  restarts: number;
  lastRestartAt: string | null;
  givenUp: string | null;
  storage: { sizeMb: number; usedMb: number; freeMb: number; low: boolean } | null;
}

export interface Accepted {
  operation: string;
  status: string;
}

export interface NewDeployment {
  name: string;
  plan: string;
  model?: string;
  instructions?: string;
  modelKey?: string;
  telegramToken?: string;
  cloneOf?: string;
  backup?: string;
}
