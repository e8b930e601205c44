import { money, megabytes, number, period } from "./format";

const day = 86_400_000;

export const landing = {
  promise: "Your own AI bot, built while you watch.",
  text: "Launchpad runs OpenClaw for you alone, shows each step with its reason, and lets you take back whatever you did.",
  start: (price: string) => `Start for ${price}`,
  startPlain: "Start",
  signIn: "Sign in",
  points: [
    { title: "Watch it being built", text: "Every step, how long it takes, and why it waits. When something fails you read what was undone and what to do." },
    { title: "Take everything back", text: "A change runs beside the bot before it takes its place. If it does not answer, the version that worked never stopped." },
    { title: "Leave whenever you like", text: "Your bot with all it knows is one archive that runs on plain Docker, without us." },
    { title: "Proof, not promises", text: "Everything that was done with your bot is a chain that your own browser can verify." },
  ],
  plans: "Plans",
  plansText: "A plan is one bot. Change it or end it any day.",
  month: "a month",
  price: (cents: number, currency: string) => money(cents, currency),
  planFacts: (plan: { memoryMb: number; cpus: number; storageMb: number }) => [
    `${megabytes(plan.memoryMb)} memory`,
    `${number(plan.cpus)} CPU cores`,
    `${megabytes(plan.storageMb)} for its files`,
  ],
  /** Null where there is no trial. */
  trial: ({ trialDays, monthlyCents, currency }: { trialDays: number; monthlyCents: number; currency: string }) =>
    trialDays === 0 ? null : `Your first bot: ${period(trialDays * day)} free, then ${money(monthlyCents, currency)} a month`,
  tier: (tier: string) => (tier === "dedicated" ? "A whole machine to itself" : "Isolated, on a machine with others"),
  choose: (plan: string) => `Choose ${plan}`,
  footer: "Cards are handled by Stripe. We never see them.",
} as const;

export const replay = {
  going: "Ada is being built",
  over: "Ada runs",
  recorded: (date: string) => `A real order, recorded ${date}`,
  again: "Replay",
} as const;
