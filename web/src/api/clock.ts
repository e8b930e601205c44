/** The server's clock, so that countdowns are right on a computer whose own is wrong. */
let offset = 0;
let known = false;

export const clock = {
  now: () => Date.now() + offset,

  /** What this computer's clock said then, by the server's. */
  ofOwn: (at: number) => at + offset,

  /** The header has whole seconds; half of one is the fairest guess at the rest. */
  note(date: string | null, asked: number) {
    const server = date === null ? Number.NaN : Date.parse(date);
    if (Number.isNaN(server)) return;
    const measured = server + 500 - (asked + Date.now()) / 2;
    // Once it is known, differences of less than a second are rounding and not a clock.
    if (known && Math.abs(measured - offset) < 1000) return;
    offset = Math.abs(measured) < 1000 ? 0 : measured;
    known = true;
  },
};
