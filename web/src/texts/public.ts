import { money, megabytes, number } from "./format";

export const signIn = {
  email: "E-mail address",
  password: "Password",
  passwordHint: "At least 10 characters. A sentence that only you would say is a good one.",
  title: "Welcome back",
  intro: "Sign in to see your bots.",
  submit: "Sign in",
  noAccount: "No account yet?",
  createOne: "Create one",
  signUpTitle: "Create your account",
  signUpIntro: "An address and a password. You pay when you order a bot, not before.",
  signUpSubmit: "Create account",
  haveAccount: "Have an account already?",
  lapsedTitle: "You are signed out",
  lapsedText: "Your session has ended. The page is as you left it; sign in, and it goes on.",
  againTitle: "Your password once more",
  againText: "What you asked for is valuable, and you signed in a while ago.",
  pause: "You can try again in",
} as const;

export const landing = {
  promise: "Your own AI bot, on its own machine.",
  text: "Launchpad builds OpenClaw on a computer that is yours alone, shows each step with its reason, and lets you take back whatever you did.",
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
  tier: (tier: string) => (tier === "dedicated" ? "A whole machine to itself" : "Isolated, on a machine with others"),
  choose: (plan: string) => `Choose ${plan}`,
  footer: "Cards are handled by Stripe. We never see them.",
} as const;
