import type { Ceremony, Proof } from "./types";
import { Problem } from "./problems";

export const hasPasskeys = typeof PublicKeyCredential === "function" && "parseRequestOptionsFromJSON" in PublicKeyCredential;

/** The person closed the browser's own question, or let it run out. Nothing was sent. */
const dropped = () => new Problem({ kind: "passkey-dropped", status: 0, title: "", detail: "" });

async function ask({ state }: Ceremony, call: () => Promise<Credential | null>): Promise<Proof> {
  const answer = await call().catch((fault: unknown) => {
    throw fault instanceof DOMException ? dropped() : fault;
  });
  if (!(answer instanceof PublicKeyCredential)) throw dropped();
  return { state, credential: answer.toJSON() };
}

/** Proves who is there, by one that was made before. */
export const prove = (begun: Ceremony) =>
  ask(begun, () => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(begun.options as never) }));

/** Makes one. */
export const make = (begun: Ceremony) =>
  ask(begun, () => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(begun.options as never) }));
