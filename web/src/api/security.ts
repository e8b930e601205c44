import { useQuery } from "@tanstack/react-query";
import type { Credentials } from "./account";
import { useAct } from "./act";
import { api, body } from "./client";
import { keys } from "./keys";
import type { SecondFactorNeeded, StepUp } from "./types";
import { make, prove } from "./passkeys";
import { session } from "./session";

/** Who somebody is, and how they prove it. */

export const useSecurity = () => useQuery({ queryKey: keys.security, queryFn: ({ signal }) => body(api.GET("/auth/security", { signal })) });

const touches = [keys.security, keys.me];

/** With the password; told what else is asked for when that is not enough. */
export const useLogin = (onDone: () => void, onSecond: (needed: SecondFactorNeeded) => void) =>
  useAct({
    send: (typed: Credentials) => body(api.POST("/auth/login", { body: typed })),
    touches: [keys.me],
    onDone: (answer) => {
      if ("challenge" in answer) {
        onSecond(answer);
        return;
      }
      session.begun();
      onDone();
    },
  });

const begins = (onDone: () => void) => ({
  touches: [keys.me],
  onDone: () => {
    session.begun();
    onDone();
  },
});

export const useSecond = (onDone: () => void) =>
  useAct({
    send: (typed: { challenge: string; code?: string; recoveryCode?: string }) => body(api.POST("/auth/login/second", { body: typed })),
    ...begins(onDone),
  });

export const usePasskeyLogin = (onDone: () => void) =>
  useAct({
    send: async () => body(api.POST("/auth/login/passkey", { body: await prove(await body(api.POST("/auth/login/passkey/options"))) })),
    ...begins(onDone),
  });

export const useStepUp = (onDone: () => void) =>
  useAct({
    send: (proof: StepUp) => body(api.POST("/auth/step-up", { body: proof })),
    touches: [keys.security],
    onDone,
  });

export const useStepUpPasskey = (onDone: () => void) =>
  useAct({
    send: async () => body(api.POST("/auth/step-up", { body: await prove(await body(api.POST("/auth/step-up/passkey"))) })),
    touches: [keys.security],
    onDone,
  });

export const useVerify = () => useAct({ send: (token: string) => body(api.POST("/auth/verify", { body: { token } })), touches });

/** The address changes when the link that is sent there is followed. */
export const useChangeAddress = (onDone: (email: string) => void) =>
  useAct({ send: (email: string) => body(api.POST("/auth/email", { body: { email } })), touches: [], onDone: (_, email) => onDone(email) });

export const useResend = (onDone: () => void) => useAct({ send: () => body(api.POST("/auth/verify/resend")), touches, onDone });

export const useForgot = (onDone: (email: string) => void) =>
  useAct({ send: (email: string) => body(api.POST("/auth/forgot", { body: { email } })), touches: [], onDone: (_, email) => onDone(email) });

export const useReset = (onDone: () => void) =>
  useAct({ send: (typed: { token: string; password: string }) => body(api.POST("/auth/reset", { body: typed })), touches: [], onDone });

/** A new session takes the place of this one; all others have ended. */
export const useChangePassword = (onDone: () => void) =>
  useAct({
    send: (typed: { password: string; current?: string }) => body(api.POST("/auth/password", { body: typed })),
    touches: [...touches, keys.sessions],
    onDone,
  });

export const useTotp = () => useAct({ send: () => body(api.POST("/auth/totp")), touches: [] });

export const useConfirmTotp = () => useAct({ send: (code: string) => body(api.POST("/auth/totp/confirm", { body: { code } })), touches });

export const useNewCodes = () => useAct({ send: () => body(api.POST("/auth/totp/recovery-codes")), touches });

export const useTotpOff = (onDone: () => void) => useAct({ send: () => body(api.DELETE("/auth/totp")), touches, onDone });

export const useAddPasskey = (onDone: () => void) =>
  useAct({
    send: async (name: string) => {
      const made = await make(await body(api.POST("/auth/passkey-options")));
      return body(api.POST("/auth/passkeys", { body: { ...made, name } }));
    },
    touches,
    onDone,
  });

export const useRemovePasskey = () =>
  useAct({ send: (id: string) => body(api.DELETE("/auth/passkeys/{id}", { params: { path: { id } } })), touches });

export const useEndOthers = (onDone: () => void) => useAct({ send: () => body(api.DELETE("/auth/sessions")), touches: [keys.sessions], onDone });
