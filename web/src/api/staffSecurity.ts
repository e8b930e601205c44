import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Credentials } from "./account";
import { useAct } from "./act";
import { body } from "./client";
import { type Operator, staffApi as api, staffKeys, staffSession } from "./staff";
import type { SecondFactorNeeded } from "./types";

/** Who an operator is, and how he proves it. Tokens in answers are for programs; the browser has the cookie, and they are dropped here. */

const touches = [staffKeys.me, staffKeys.security];

export const useStaffSecurity = () =>
  useQuery({ queryKey: staffKeys.security, queryFn: ({ signal }) => body(api.GET("/staff/auth/security", { signal })) });

function useBegin(onDone: (who: Operator) => void) {
  const queries = useQueryClient();
  return (who: Operator) => {
    staffSession.begun();
    queries.setQueryData(staffKeys.me, who);
    onDone(who);
  };
}

/** With the password; told what else is asked for when that is not enough. */
export const useStaffSignIn = (onDone: (who: Operator) => void, onSecond: (needed: SecondFactorNeeded) => void) => {
  const begin = useBegin(onDone);
  return useAct({
    send: async (typed: Credentials) => {
      const answer = await body(api.POST("/staff/auth/login", { body: typed }));
      return "challenge" in answer ? answer : answer.operator;
    },
    touches: [],
    onDone: (answer) => ("challenge" in answer ? onSecond(answer) : begin(answer)),
  });
};

export const useStaffSecond = (onDone: (who: Operator) => void) =>
  useAct({
    send: async (typed: { challenge: string; code?: string; recoveryCode?: string }) =>
      (await body(api.POST("/staff/auth/login/second", { body: typed }))).operator,
    touches: [],
    onDone: useBegin(onDone),
  });

export const useStaffSignOut = (onDone: () => void) =>
  useAct({
    send: () => body(api.POST("/staff/auth/logout")),
    touches: [],
    onDone: () => {
      staffSession.ended();
      onDone();
    },
  });

export const useStaffStepUp = (onDone: () => void) =>
  useAct({
    send: (proof: { password?: string; code?: string; recoveryCode?: string }) => body(api.POST("/staff/auth/step-up", { body: proof })),
    touches: [staffKeys.security],
    onDone,
  });

/** A new session takes the place of this one; all others have ended. */
export const useStaffPassword = (onDone: (who: Operator) => void) =>
  useAct({
    send: async (typed: { password: string; current?: string }) => (await body(api.POST("/staff/auth/password", { body: typed }))).operator,
    touches: [staffKeys.security],
    onDone: useBegin(onDone),
  });

export const useStaffTotp = () => useAct({ send: () => body(api.POST("/staff/auth/totp")), touches: [] });

/** What is read again afterwards would take the codes off the page: that is for whoever has seen them kept. */
export const useStaffConfirmTotp = () =>
  useAct({
    send: async (code: string) => ({ recoveryCodes: (await body(api.POST("/staff/auth/totp/confirm", { body: { code } }))).recoveryCodes }),
    touches: [],
  });

export const useStaffNewCodes = () => useAct({ send: () => body(api.POST("/staff/auth/totp/recovery-codes")), touches: [staffKeys.security] });

export const useStaffTotpOff = (onDone: () => void) => useAct({ send: () => body(api.DELETE("/staff/auth/totp")), touches, onDone });

export const useStaffSessions = () =>
  useQuery({ queryKey: staffKeys.sessions, queryFn: ({ signal }) => body(api.GET("/staff/auth/sessions", { signal })), select: (got) => got.sessions });

export const useStaffRevoke = () =>
  useAct({ send: (id: string) => body(api.DELETE("/staff/auth/sessions/{id}", { params: { path: { id } } })), touches: [staffKeys.sessions] });

export const useStaffEndOthers = (onDone: () => void) =>
  useAct({ send: () => body(api.DELETE("/staff/auth/sessions")), touches: [staffKeys.sessions], onDone });

/** Whoever has enrolled may do everything. */
export function useStaffLookAgain() {
  const queries = useQueryClient();
  return () => Promise.all(touches.map((queryKey) => queries.invalidateQueries({ queryKey })));
}
