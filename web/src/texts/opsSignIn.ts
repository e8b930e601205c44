/** Words of how operators sign in, and of what secures it. */

export const staffSignIn = {
  title: "Operators",
  intro: "For whoever runs this Launchpad. A customer's account does not open it.",
  email: "E-mail address",
  password: "Password",
  submit: "Sign in as an operator",
  customer: "You have a bot here?",
  customerLink: "Sign in as a customer",
  lapsedTitle: "Sign in again",
  lapsedText: "Your session as an operator has ended. The page stays as it is, and what you asked for goes on afterwards.",
} as const;

export const staffSecurity = {
  title: "Your sign-in",
  intro: "What lets you in here. Whoever runs this Launchpad can reset it, with “operator reset”.",
  email: "E-mail address",
  firstTitle: "Choose a password of your own",
  firstIntro: "The one that was made for you opened this door once, and does not open it again.",
  firstSubmit: "Set the password",
  secondTitle: "Set up a second step",
  secondIntro: "Operators sign in with a password and a code. Nothing else opens before that is set up.",
  off: "Whoever has your password could do all that you can. With a second step they need your phone too.",
} as const;
