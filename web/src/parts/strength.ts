import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";

const guesser = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

// A long one is hard to guess for its length, and takes long to look at.
const lookedAt = 64;

/** From 0, guessed at once, to 4, not guessed at all. */
export const strength = (password: string, email: string) =>
  guesser.check(password.slice(0, lookedAt), ["launchpad", email, ...email.split(/[^\p{L}\p{N}]+/u).filter((part) => part.length > 2)]).score;
