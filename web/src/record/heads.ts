import type { components } from "../api/schema.gen";
import { sha256 } from "./verify";

export type SignedHeads = components["schemas"]["SignedHeads"];

/** The last row of a chain on a day when it was signed. */
export interface SignedRow {
  hash: string;
  day: string;
}

/** What the documents say of one chain, by the number of the row; or what is wrong with them. */
export type Heads = { rows: ReadonlyMap<number, SignedRow> } | { fault: "signature" | "documents"; day: string };

interface Document {
  account: string;
  day: string;
  number: number;
  previous: string;
  chains: { chain: string; rows: number; head: string }[];
}

const type = "application/vnd.launchpad.heads+json";

const bytes = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** Checks every document, oldest first, as tools/verify-record does (ADR 42).
 * @param pem the key that certificates are checked with. */
export async function signedRows(documents: readonly SignedHeads[], pem: string, chain: string): Promise<Heads> {
  const rows = new Map<number, SignedRow>();
  let [account, previous, number] = ["", "", 0];
  const key = await crypto.subtle.importKey("spki", bytes(pem.replaceAll(/-----[^-]+-----|\s/g, "")), { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  for (const { heads, signed } of documents) {
    const payload = bytes(signed.payload);
    if (!(await isGenuine(signed, payload, key))) return { fault: "signature", day: heads.day };
    const text = new TextDecoder().decode(payload);
    const document = JSON.parse(text) as Document;
    if (number === 0) {
      account = document.account;
      previous = await sha256(`launchpad-heads-1 ${account}`);
    }
    number += 1;
    if (document.account !== account || document.number !== number || document.previous !== previous) return { fault: "documents", day: document.day };
    previous = await sha256(text);
    for (const head of document.chains) if (head.chain === chain) rows.set(head.rows - 1, { hash: head.head, day: document.day });
  }
  return { rows };
}

/** DSSE: one of the signatures is over the type and the payload. */
async function isGenuine({ payloadType, signatures }: SignedHeads["signed"], payload: Uint8Array, key: CryptoKey): Promise<boolean> {
  const before = new TextEncoder().encode(`DSSEv1 ${type.length} ${type} ${payload.length} `);
  const signed = new Uint8Array([...before, ...payload]);
  for (const { sig } of signatures) {
    const raw = rawSignature(bytes(sig));
    if (raw && (await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, raw, signed))) return payloadType === type;
  }
  return false;
}

/** Browsers take the two numbers side by side, 32 bytes each, and not their DER; null for what is none. */
export function rawSignature(der: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const raw = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1];
    if (der[at] !== 0x02 || length === undefined) return null;
    const digits = der.subarray(at + 2, at + 2 + length);
    const number = digits[0] === 0 ? digits.subarray(1) : digits;
    if (number.length > 32) return null;
    raw.set(number, end - number.length);
    at += 2 + length;
  }
  return at === der.length ? raw : null;
}
