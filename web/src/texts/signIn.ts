export const signIn = {
  email: "E-mail address",
  password: "Password",
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
  forgot: "Forgot your password?",
  passkey: "Sign in with a passkey",
  secondTitle: "One more step",
  secondIntro: "Open your authenticator app and type the code that it shows for Launchpad.",
  recoveryIntro: "Each of the codes that you kept works once.",
  withRecovery: "Use a recovery code instead",
  withApp: "Use the app instead",
  startOver: "Begin again with the password",
} as const;

export const verify = {
  title: "Confirming your address",
  doneTitle: "Your address is confirmed",
  done: (email: string) => `${email} is yours. If you ever lose your password, the way back leads through it.`,
  backTitle: "Your account has this address again",
  back: (email: string) => `It is ${email} again, and everybody was signed out. Set a new password now: somebody may know the old one.`,
  toForgot: "Set a new password",
  again: "Your account can send you a new one.",
  toBots: "To your bots",
  toAccount: "To your account",
} as const;

export const forgot = {
  title: "Forgot your password?",
  intro: "Tell us your address. We send you a link to choose a new one.",
  submit: "Send the link",
  sentTitle: "Look into your mail",
  sent: (email: string) => `If ${email} has an account, a link is on its way. It is good for an hour.`,
  notThere: "Nothing there? Look among the spam, and whether it is the address that you signed up with.",
  back: "Back to signing in",
} as const;

export const reset = {
  title: "Choose a new password",
  intro: "Everybody who is signed in to your account now is signed out by it.",
  password: "New password",
  submit: "Set the password",
  another: "Ask for a new link",
  done: "The password is set. Sign in with it.",
} as const;
