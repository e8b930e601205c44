import type { components } from "./schema.gen";

/** Short names for what the API answers. The shapes are generated: `npm run api`. */

type Schemas = components["schemas"];

export type Account = Schemas["AccountView"];
export type Capabilities = Schemas["CapabilitiesView"];
export type Deployment = Schemas["DeploymentView"];
export type DeploymentStatus = Deployment["status"];
export type Health = Schemas["HealthView"];
export type NewDeployment = Schemas["CreateDeployment"];
export type Operation = Schemas["OperationView"];
export type OperationKind = Operation["kind"];
export type OperationStatus = Operation["status"];
export type OperationSummary = Schemas["OperationSummary"];
export type Plan = Schemas["PlanView"];
export type Session = Schemas["SessionView"];
export type Closing = Schemas["ClosingView"];
export type Security = Schemas["SecurityView"];
export type SecondFactorNeeded = Schemas["SecondFactorNeeded"];
export type TotpBegun = Schemas["TotpBegun"];
export type StepUp = Schemas["Proof"];
export type BillingView = Schemas["BillingView"];
export type BilledBot = Schemas["BillingPage"]["bots"][number];
export type Invoice = Schemas["InvoicePage"]["invoices"][number];
export type Statement = Schemas["StatementView"];
export type Ladder = NonNullable<BillingView["ladder"]>;
export type LadderStep = Ladder["steps"][number];
/** What a browser's authenticator is asked, and the state that comes back with its answer. */
export type Ceremony = Schemas["Ceremony"];
/** What the authenticator answered. */
export type Proof = Schemas["ShownPasskey"];
export type Step = Schemas["StepView"];

/** How something is: what colours and shapes stand for. */
export type Tone = "ok" | "busy" | "warn" | "bad" | "idle";

/** What `can[]` of a deployment speaks of. */
export type ActionName =
  | "rename" | "message" | "openBot" | "restart" | "suspend" | "resume" | "change" | "upgrade" | "rollback"
  | "backup" | "restore" | "drill" | "clone" | "delete" | "undelete" | "retry" | "pay" | "eject" | "rehearse";
