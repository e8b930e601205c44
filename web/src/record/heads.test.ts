import { beforeAll, describe, expect, it } from "vitest";
import given from "./fixtures/signed.json";
import whole from "./fixtures/whole.json";
import { rawSignature, type SignedHeads, signedRows } from "./heads";
import { type Page, sha256, verify } from "./verify";

const page = () => structuredClone(whole) as Page;
const type = "application/vnd.launchpad.heads+json";
const encoded = (data: Uint8Array) => btoa(String.fromCharCode(...data));
let keys: CryptoKeyPair;
let pem: string;

const number = (half: Uint8Array) => {
  const digits = half.subarray(half.findIndex((byte) => byte !== 0));
  const padded = (digits[0] ?? 0) > 0x7f ? [0, ...digits] : [...digits];
  return [2, padded.length, ...padded];
};

async function sign(document: object, by = keys): Promise<SignedHeads> {
  const payload = new TextEncoder().encode(JSON.stringify(document));
  const signed = new Uint8Array([...new TextEncoder().encode(`DSSEv1 ${type.length} ${type} ${payload.length} `), ...payload]);
  const raw = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, by.privateKey, signed));
  const inside = [...number(raw.subarray(0, 32)), ...number(raw.subarray(32))];
  const sig = encoded(new Uint8Array([0x30, inside.length, ...inside]));
  return { heads: document, signed: { payloadType: type, payload: encoded(payload), signatures: [{ keyid: "", sig }] } } as SignedHeads;
}

const der = (one: number[], other: number[]) => new Uint8Array([0x30, one.length + other.length + 4, 2, one.length, ...one, 2, other.length, ...other]);
const many = (length: number, byte: number) => Array.from({ length }, () => byte);

/** Documents of days on which a chain had so many rows. */
async function signedOn(days: readonly (readonly [string, number, string])[], chain = whole.deployment): Promise<SignedHeads[]> {
  const documents: SignedHeads[] = [];
  let previous = await sha256("launchpad-heads-1 acc_1");
  for (const [day, rows, head] of days) {
    const one = await sign({ account: "acc_1", day, number: documents.length + 1, signedAt: `${day}T00:20:00Z`, previous, chains: [{ chain, rows, head }] });
    previous = await sha256(new TextDecoder().decode(Uint8Array.from(atob(one.signed.payload), (letter) => letter.charCodeAt(0))));
    documents.push(one);
  }
  return documents;
}

const head = (row: number) => (whole.rows[row] as { hash: string }).hash;

async function rowsOf(documents: readonly SignedHeads[]) {
  const heads = await signedRows(documents, pem, whole.deployment);
  if ("fault" in heads) throw new Error(heads.fault);
  return heads.rows;
}

beforeAll(async () => {
  keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const spki = encoded(new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey)));
  pem = `-----BEGIN PUBLIC KEY-----\n${spki.replaceAll(/.{64}/g, "$&\n")}\n-----END PUBLIC KEY-----\n`;
});

describe("signed heads", () => {
  it("are read as the API gives them", async () => {
    const record = given.record as Page;
    const heads = await signedRows(given.heads.documents as SignedHeads[], given.key, record.deployment);
    if ("fault" in heads) throw new Error(heads.fault);
    expect(await verify([record], null, undefined, heads.rows)).toMatchObject({ whole: true, count: 7, signed: { row: 6 } });
  });
  it("of the days are in the chain that goes on", async () => {
    const rows = await rowsOf(await signedOn([["2026-01-30", 3, head(2)], ["2026-01-31", 6, head(5)]]));
    expect(await verify([page()], null, undefined, rows)).toMatchObject({ whole: true, signed: { row: 5, day: "2026-01-31" } });
  });
  it("show rows that were taken away from the end", async () => {
    const rows = await rowsOf(await signedOn([["2026-01-30", 8, head(7)]]));
    const shorter = page();
    shorter.rows = shorter.rows.slice(0, 6);
    shorter.head = { sequence: 5, hash: head(5) };
    expect((await verify([shorter], null)).whole).toBe(true);
    expect(await verify([shorter], null, undefined, rows)).toEqual({ whole: false, fault: "taken", row: 6, day: "2026-01-30" });
  });
  it("show a chain that was computed anew", async () => {
    const rows = await rowsOf(await signedOn([["2026-01-30", 4, "0".repeat(64)]]));
    expect(await verify([page()], null, undefined, rows)).toEqual({ whole: false, fault: "signed", row: 3, day: "2026-01-30" });
  });
  it("are named when one is lost, is out of its place, or is of another key", async () => {
    const documents = await signedOn([["2026-01-29", 2, head(1)], ["2026-01-30", 3, head(2)], ["2026-01-31", 6, head(5)]]);
    const others = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const [first, second, third] = documents as [SignedHeads, SignedHeads, SignedHeads];
    expect(await signedRows([second, third], pem, whole.deployment)).toEqual({ fault: "documents", day: "2026-01-30" });
    expect(await signedRows([first, third], pem, whole.deployment)).toEqual({ fault: "documents", day: "2026-01-31" });
    expect(await signedRows([first, await sign(second.heads, others)], pem, whole.deployment)).toEqual({ fault: "signature", day: "2026-01-30" });
    expect(await signedRows([{ ...first, signed: { ...first.signed, payload: second.signed.payload } }], pem, whole.deployment)).toMatchObject({ fault: "signature" });
  });
  it("say nothing of another chain", async () => {
    expect((await rowsOf(await signedOn([["2026-01-30", 99, head(1)]], "dep_other"))).size).toBe(0);
  });
  it("are taken whatever the length of the two numbers", () => {
    expect(rawSignature(der([0, 0xff], [1]))?.slice(30)).toEqual(new Uint8Array([0, 0xff, ...many(31, 0), 1]));
    expect(rawSignature(der([1], many(34, 1)))).toBeNull();
    expect(rawSignature(new Uint8Array([0x30, 1]))).toBeNull();
  });
});
