import type { Problem, ProblemKind } from "../api/problems";

export interface ProblemWords {
  /** What happened. */
  title: string;
  /** Why, or what we already did about it. */
  text: string;
  /** What you can do. */
  next?: string;
}

const said = (title: string, next?: string) => (problem: Problem): ProblemWords => ({
  title,
  text: problem.detail,
  ...(next === undefined ? {} : { next }),
});

/** Exhaustive: a kind without words does not compile. */
const words: Record<ProblemKind, (problem: Problem) => ProblemWords> = {
  invalid: said("One thing has to be changed"),
  malformed: said("The request could not be read", "Load the page again. If it happens twice, tell support."),
  "sign-in-needed": () => ({ title: "You are signed out", text: "Your session has ended. What you typed is still here.", next: "Sign in, and go on." }),
  "sign-in-again": () => ({ title: "Prove once more that it is you", text: "You signed in a while ago, and this destroys or hands out something valuable.", next: "Press once more, and prove it." }),
  "not-allowed": said("You may not do this"),
  "wrong-credentials": () => ({ title: "That did not work", text: "The e-mail address or the password is wrong." }),
  "wrong-origin": said("Refused"),
  "not-found": () => ({ title: "There is nothing here", text: "It never was, or is gone, or belongs to another account." }),
  "method-not-allowed": said("Not possible here"),
  "email-taken": () => ({ title: "This address has an account", text: "Sign in with it instead." }),
  busy: () => ({ title: "Something else is going on with this bot", text: "Two things at once could undo each other, so nothing was begun.", next: "Wait until it has ended: the page shows it. What you typed is still here." }),
  "wrong-state": said("Not possible now"),
  "backup-unusable": said("This backup cannot be used"),
  "precondition-needed": () => ({ title: "The page is too old", text: "What it sent did not say which version it had seen, so nothing was changed.", next: "Load it again. What you typed is kept." }),
  moved: () => ({ title: "Somebody changed this meanwhile", text: "Nothing was overwritten.", next: "Your text is kept. Compare, and send it again." }),
  "preview-void": said("The plan does not hold any more", "Make a new one: it looks at everything again."),
  "cannot-work-here": said("This could not work here"),
  "upgrades-paused": () => ({ title: "Upgrades are paused", text: "The last rollouts failed, so none is tried unasked. The bot runs on its last known good version.", next: "Look at why among the versions, then allow upgrades again beneath Updates." }),
  "cannot-cancel": said("This cannot be cancelled now"),
  "quota-reached": said("You have as many bots as an account may have"),
  "account-closing": () => ({ title: "This account is being closed", text: "It takes no orders any more.", next: "Its owner can keep it, on the account's page." }),
  "account-locked": () => ({ title: "This account is locked", text: "We locked it, and wrote to its owner. Its bots go on.", next: "Please talk to us to have it opened again." }),
  "plan-unknown": () => ({ title: "This plan is not sold any more", text: "Nothing was charged.", next: "Delete this order, and order another plan." }),
  "payments-held": said("A person looks at your payments first", "Nothing is charged meanwhile, and bots that run go on."),
  "payment-refused": said("The payment provider refuses this", "Nothing was charged. Tell support the request id."),
  "too-large": said("This is too large"),
  "unsupported-media-type": said("The request could not be read"),
  "too-many-attempts": () => ({ title: "Too many attempts", text: "For safety there is a pause now." }),
  "too-many-calls": said("You ask too often", "All your pages together. It goes on by itself in a moment."),
  "too-many-streams": () => ({ title: "Too many windows are open", text: "Close one, or go on: this page asks now and then instead." }),
  unavailable: said("Not available right now"),
  internal: () => ({ title: "Something broke on our side", text: "It was written down. Nothing that you did is the cause.", next: "Try again. If it happens twice, tell support the request id." }),
  "key-taken": said("This was sent before with other content", "Press once more: it is sent as a new request."),
  "key-going": said("It is being answered"),
  "cannot-retry": said("This cannot be tried again"),
  "cannot-fix": said("This is not put right here"),
  "heartbeat-repeated": said("Taken already"),
  "machine-refused": said("Refused"),
  "machine-is-going": said("This machine is being deleted", "Nothing can be wished of it any more. Its bots have moved already."),
  "webhook-rejected": said("Refused"),
  "weak-password": said("This password is too easily guessed"),
  "wrong-code": () => ({ title: "This code is not right", text: "It may have changed meanwhile: an app shows a new one every 30 seconds.", next: "Type the one that is shown now." }),
  "challenge-over": () => ({ title: "It took too long", text: "For safety what was begun is good for a few minutes only.", next: "Begin again." }),
  "link-over": () => ({ title: "This link does not work any more", text: "It was used already, a newer one was sent, or its time is over.", next: "Ask for a new one." }),
  "email-unconfirmed": () => ({ title: "Confirm your e-mail address first", text: "We sent a link to it. Until it was followed nobody knows that the mailbox is yours, and the way back into an account leads through it.", next: "Follow the link, then try again." }),
  "second-factor-on": () => ({ title: "Two-step verification is on already", text: "Nothing was changed." }),
  "made-password-over": said("This password does not work any more"),
  "own-password-needed": () => ({ title: "Choose a password of your own first", text: "You signed in with one that was made for you.", next: "Load the page again: it asks for one." }),
  "second-factor-needed": () => ({ title: "Set up a second step first", text: "Operators sign in with a password and a code.", next: "Load the page again: it leads you through." }),
  "second-factor-off": () => ({ title: "Two-step verification is off", text: "There are no recovery codes without it." }),
  "passkey-refused": () => ({ title: "This passkey was not accepted", text: "It may have been removed from the account, or took too long.", next: "Try again, or use your password." }),
  "no-passkey": () => ({ title: "This account has no passkey", text: "Use your password instead." }),
  "too-many-passkeys": () => ({ title: "There are as many passkeys as there may be", text: "Remove one that you do not use." }),
  "passkey-dropped": () => ({ title: "The passkey was not used", text: "The browser's question was closed, or it ran out of time. Nothing was sent." }),
  "push-refused": () => ({ title: "This device is not on", text: "The browser did not allow it, or its push service did not answer. Nothing was sent." }),
  unreachable: () => ({ title: "No answer", text: "We could not reach Launchpad. Your bots run on without this page.", next: "Check the network, then try again." }),
  unheard: () => ({ title: "We did not hear back", text: "It may have been done. We looked again, and what this page shows is what is there now.", next: "If it was not done, send it again: the same press is never done twice." }),
  unknown: said("Something unexpected happened", "Load the page again. If it happens twice, tell support."),
};

export const wordsOf = (problem: Problem): ProblemWords => (words[problem.kind] ?? words.unknown)(problem);
