import type { Permission, Role } from "../api/people";

/** Words of members, invitations and tokens. */

export const people = {
  title: "People and programs",
  intro: "Who else may see and do what in this account. Nobody needs your password for it.",
} as const;

const roles: Record<Role | "owner", { name: string; text: string }> = {
  owner: { name: "Owner", text: "Whose account it is." },
  admin: { name: "Admin", text: "Everything, letting others in too." },
  operator: { name: "Operator", text: "Runs and changes bots. Deletes none, pays for none." },
  viewer: { name: "Viewer", text: "Looks, and changes nothing." },
  billing: { name: "Billing", text: "Looks, pays and sees invoices." },
};

export const members = {
  title: "Members",
  roles,
  role: (email: string) => `Role of ${email}`,
  since: "since",
  you: "you",
  invite: "Invite",
  dialog: "Invite somebody",
  email: "E-mail address",
  emailHint: "They sign in, or sign up, with just this address.",
  legend: "What they may do",
  submit: "Make the link",
  link: (email: string) => `Send this link to ${email}. It is shown once, lets in nobody else, and is good for a week.`,
  linkThing: "the link",
  done: "Done",
  invited: (role: string) => `invited as ${role}`,
  until: "good until",
  withdraw: "Take back",
  withdrawOf: (email: string) => `Take back the invitation of ${email}`,
  shutOut: "Shut out",
  shutOutOf: (email: string) => `Shut out ${email}`,
  leave: "Leave",
  left: "You have left the account.",
  out: "They are out, at once, and so are their tokens.",
} as const;

export const join = {
  title: "An invitation",
  joining: "One moment: you are being let in.",
  none: "There is no invitation in this address. Open the link that you were sent once more.",
  joined: "You are in.",
} as const;

export const workplaces = {
  title: "Work in",
  own: "Your own account",
  of: (email: string, role: string) => `${email} (${role})`,
  banner: (email: string, role: string) => `You work in the account of ${email} as ${role}.`,
  back: "Back to your own",
} as const;

const may: Record<Permission, { name: string; text: string }> = {
  read: { name: "Read", text: "See bots, operations, logs, usage and the record." },
  operate: { name: "Operate", text: "Restart, suspend, resume, message, back up." },
  change: { name: "Change", text: "Order bots; change, upgrade and restore them." },
  delete: { name: "Delete", text: "Delete bots and backups." },
  reveal: { name: "Reveal", text: "Read gateway tokens, download backups." },
  pay: { name: "Pay", text: "Pay for orders and change plans." },
};

export const tokens = {
  title: "Tokens for programs",
  text: "A script or a pipeline signs in with a token: for a while, and for no more than it needs.",
  none: "There is none.",
  add: "New token",
  dialog: "A token for a program",
  name: "Name",
  nameHint: "By which you know it: what it is for, where it is kept.",
  may,
  legend: "What it may do",
  bot: "For which bots",
  all: "All of the account",
  days: "Good for",
  dayNames: { 7: "7 days", 30: "30 days", 90: "90 days", 365: "A year" } as const satisfies Record<number, string>,
  submit: "Make the token",
  secret: "Copy it now: it is not shown again. Whoever has it can do what it may.",
  secretThing: "the token",
  done: "Done",
  takeBack: "Take back",
  takeBackOf: (name: string) => `Take back ${name}`,
  expires: "until",
  soon: "ends soon",
  used: "used",
  never: "never used",
  only: "only",
  reaches: (count: number) => `Reaches ${count} routes`,
} as const;
