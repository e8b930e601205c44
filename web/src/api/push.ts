import { Problem } from "./problems";
import type { components } from "./schema.gen";

/** This browser as a device: what it is subscribed to, and what this page remembers of it. */

type NewDevice = components["schemas"]["NewDevice"];

/** What this browser can do, and the id that its subscription has as a device; null where it has none. */
export interface Here {
  can: "yes" | "blocked" | "never";
  id: string | null;
}

interface TrustedTypes {
  createPolicy: (name: string, rules: { createScriptURL: () => string }) => { createScriptURL: (address: string) => string };
}

const remembered = "launchpad.device";
const isAble = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

let script: string | undefined;

/** The policy of the page lets one script run as a worker, and one policy say which. */
const workerOf = ({ trustedTypes }: { trustedTypes?: TrustedTypes }) =>
  (script ??= trustedTypes?.createPolicy("launchpad-push", { createScriptURL: () => "/push.js" }).createScriptURL("") ?? "/push.js");

const subscriptionOf = async () => (await (await navigator.serviceWorker.getRegistration())?.pushManager.getSubscription()) ?? null;

/** As the API makes it. */
async function idOf(endpoint: string) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return `dvc_${[...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 24)}`;
}

export async function here(): Promise<Here> {
  if (!isAble) return { can: "never", id: null };
  const subscription = await subscriptionOf();
  return { can: Notification.permission === "denied" ? "blocked" : "yes", id: subscription && (await idOf(subscription.endpoint)) };
}

/** The browser was not allowed to, or its push service is not there. Nothing was sent. */
const refused = () => new Problem({ kind: "push-refused", status: 0, title: "", detail: "" });

/** Makes a new subscription: whatever there was may be somebody else's, who used this browser before. */
export async function subscribe(publicKey: string): Promise<NewDevice> {
  if ((await Notification.requestPermission()) !== "granted") throw refused();
  const registration = await navigator.serviceWorker.register(workerOf(window as { trustedTypes?: TrustedTypes }));
  await navigator.serviceWorker.ready;
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey }).catch((fault: unknown) => {
    throw fault instanceof DOMException ? refused() : fault;
  });
  const { endpoint = "", keys } = made.toJSON();
  return { endpoint, p256dh: keys?.["p256dh"] ?? "", auth: keys?.["auth"] ?? "" };
}

/** This browser is the device no more. */
export async function unsubscribe(id: string) {
  const subscription = isAble ? await subscriptionOf() : null;
  if (subscription && (await idOf(subscription.endpoint)) === id) {
    forget();
    await subscription.unsubscribe();
  }
}

/** Whoever is at this browser next may be somebody else. The device that it was until now, or null. */
export async function leave(): Promise<string | null> {
  const { id } = await here();
  if (id !== null) await unsubscribe(id);
  return id;
}

/** Which device this person made of this browser last: browsers renew their subscriptions by themselves. */
export function former(person: string): string | null {
  const [who, id] = localStorage.getItem(remembered)?.split(" ") ?? [];
  return who === person ? (id ?? null) : null;
}

export const remember = (person: string, id: string) => localStorage.setItem(remembered, `${person} ${id}`);

const forget = () => localStorage.removeItem(remembered);

/** Whether the device that this browser was is known still, but not by the subscription that it has now. One that is known no more was removed, and stays so. */
export const isLost = (person: string, known: readonly string[], { can, id }: Here) => {
  const before = former(person);
  return can === "yes" && Notification.permission === "granted" && before !== null && before !== id && known.includes(before);
};
