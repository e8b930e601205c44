import type {
  Accepted, Account, Capabilities, Deployment, Health, NewDeployment, Operation, OperationSummary, Plan, Session,
} from "./types";

/** The routes that this app calls, in the form that openapi-fetch reads. Under /api. */

type Answer<T> = { content: { "application/json": T } };
type Empty = { content?: never };
type Responses<T> = T extends null ? { 204: Empty } : { 200: Answer<T> };
type Parameters<Q, P, H> = { query?: Q; header?: H; path: P };
type NoPath = { path?: never };
type Cursor = { cursor?: string };
type Key = { "Idempotency-Key"?: string };

type Read<T, P = null, Q = never> = { get: { parameters: P extends null ? { query?: Q } & NoPath : Parameters<Q, P, never>; responses: Responses<T> } };
type Send<T, B = null, P = null> = {
  post: {
    parameters: P extends null ? { header?: Key } & NoPath : Parameters<never, P, Key>;
    responses: Responses<T>;
  } & (B extends null ? object : { requestBody: { content: { "application/json": B } } });
};
type Drop<T, P, Q = never> = { delete: { parameters: Parameters<Q, P, Key>; responses: Responses<T> } };
type Amend<T, B, P> = {
  patch: { parameters: Parameters<never, P, Key>; responses: Responses<T>; requestBody: { content: { "application/json": B } } };
};
type Id = { id: string };
type Credentials = { email: string; password: string };

export interface paths {
  "/auth/signup": Send<{ account: Account }, Credentials>;
  "/auth/login": Send<{ account: Account }, Credentials>;
  "/auth/logout": Send<null>;
  "/auth/me": Read<Account>;
  "/auth/sessions": Read<{ sessions: Session[] }>;
  "/auth/sessions/{id}": Drop<null, Id>;
  "/plans": Read<{ plans: Plan[] }>;
  "/models": Read<{ models: string[] }>;
  "/capabilities": Read<Capabilities>;
  "/billing/checkout": Send<{ url: string; session: string }, { deployment: string }>;
  "/deployments": Read<{ deployments: Deployment[]; cursor: string | null; total: number }, null, Cursor> & Send<Deployment, NewDeployment>;
  "/deployments/{id}": Read<Deployment, Id> & Drop<Accepted, Id, { window: "none" }> & Amend<Deployment, { name: string }, Id>;
  "/deployments/{id}/operations": Read<{ operations: OperationSummary[]; cursor: string | null }, Id, Cursor>;
  "/deployments/{id}/health": Read<Health, Id>;
  "/deployments/{id}/gateway-token": Read<{ token: string }, Id>;
  "/deployments/{id}/restart": Send<Accepted, null, Id>;
  "/deployments/{id}/suspend": Send<Accepted, null, Id>;
  "/deployments/{id}/resume": Send<Accepted, null, Id>;
  "/deployments/{id}/retry": Send<Accepted, null, Id>;
  "/deployments/{id}/eject": Send<unknown, null, Id>;
  "/deployments/{id}/undelete": Send<Accepted, null, Id>;
  "/deployments/{id}/test-message": Send<Accepted, { text: string }, Id>;
  "/deployments/{id}/browsers": Send<Accepted, { request: string }, Id>;
  "/operations/{id}": Read<Operation, Id>;
  "/operations/{id}/cancel": Send<Accepted, null, Id>;
  "/operations/{id}/retry": Send<Accepted, null, Id>;
}
