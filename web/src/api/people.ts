import { useQuery } from "@tanstack/react-query";
import { useAct } from "./act";
import { api, body, pressed } from "./client";
import { keys } from "./keys";
import type { components } from "./schema.gen";

/** Who else works in an account, and what programs sign in with. */

type Schemas = components["schemas"];
export type Member = Schemas["MemberView"];
export type Invitation = Schemas["InvitationView"];
export type Token = Schemas["TokenView"];
export type NewToken = Schemas["NewToken"];
export type Role = Exclude<Member["role"], "owner">;

export const roles = ["viewer", "billing", "operator", "admin"] as const satisfies readonly Role[];
export const permissions = ["read", "operate", "change", "delete", "reveal", "pay"] as const;
export type Permission = (typeof permissions)[number];

export const useWorkplaces = () =>
  useQuery({ queryKey: keys.workplaces, queryFn: ({ signal }) => body(api.GET("/auth/accounts", { signal })), select: (got) => got.accounts, staleTime: 60_000 });

export const useMembers = () => useQuery({ queryKey: keys.members, queryFn: ({ signal }) => body(api.GET("/members", { signal })) });

export const useTokens = () => useQuery({ queryKey: keys.tokens, queryFn: ({ signal }) => body(api.GET("/tokens", { signal })), select: (got) => got.tokens });

export const useInvite = () =>
  useAct({
    send: (typed: { email: string; role: Role }, key) => body(api.POST("/invitations", { body: typed, headers: pressed(key) })),
    touches: [keys.members],
  });

export const useWithdraw = () =>
  useAct({ send: (invitation: string) => body(api.DELETE("/invitations/{invitation}", { params: { path: { invitation } } })), touches: [keys.members] });

export const useJoin = (onDone: (account: string) => void) =>
  useAct({ send: (token: string) => body(api.POST("/auth/invitations", { body: { token } })), touches: [keys.workplaces], onDone: ({ id }) => onDone(id) });

export const useChangeRole = () =>
  useAct({
    send: ({ member, role }: { member: string; role: Role }) => body(api.PATCH("/members/{member}", { params: { path: { member } }, body: { role } })),
    touches: [keys.members],
  });

export const useShutOut = (onDone: (member: string) => void) =>
  useAct({
    send: (member: string) => body(api.DELETE("/members/{member}", { params: { path: { member } } })),
    touches: [keys.members, keys.tokens],
    onDone: (_, member) => onDone(member),
  });

export const useNewToken = () =>
  useAct({ send: (typed: NewToken, key) => body(api.POST("/tokens", { body: typed, headers: pressed(key) })), touches: [keys.tokens] });

export const useTakeBack = () =>
  useAct({ send: (token: string) => body(api.DELETE("/tokens/{token}", { params: { path: { token } } })), touches: [keys.tokens] });
