import { duration } from "./format";

export const rehearsal = {
  title: (name: string) => `Break ${name}`,
  item: "Break it",
  key: "B",
  text: (name: string) => `${name} is upgraded to a release that is made to fail, so that you see what a bad release would do to you.`,
  before: "What will happen",
  will: (name: string, version: number | null) => [
    version === null ? "The broken release is tried beside the one that runs, on a copy of its data." : `The broken release is tried beside version ${version}, on a copy of its data.`,
    "It does not come up, and is thrown away with its copy.",
    `${name} stays on its good version. Only where its machine has no room for two does it stop for the try, and comes back by itself.`,
    "The try stays in its record, and counts as a rehearsal and not as a failed upgrade.",
  ],
  fault: "Which fault",
  go: "Break it now",
  leave: "You may close this. It goes on without you.",
  kept: (name: string, version: number | null) => (version === null ? `${name} is on its good version.` : `${name} is on version ${version}, as before.`),
  away: (ms: number | null) => (ms === null ? "How long it was away was not measured." : ms === 0 ? "It never stopped: away 0 s." : `It was away ${duration(ms)}, as measured.`),
  cameUp: "The release came up after all: it was not as broken as it should be. Go back on the page of its versions.",
  steps: "See the steps",
} as const;

export const keyboard = {
  title: "Keyboard",
  label: "Keys of one letter",
  on: "B on a bot's page breaks it on purpose, after asking. Keys with Ctrl work in any case.",
  off: "No letter alone does anything. Keys with Ctrl work in any case.",
} as const;
