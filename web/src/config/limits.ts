import type { Json } from "./json";
import type { Way } from "./ways";

export interface NumberLimits {
  isWhole: boolean;
  min: number | null;
  max: number | null;
  /** What it has to be more and less than. */
  above: number | null;
  below: number | null;
}

/** Of how many entries a list is. */
export interface Size {
  min: number | null;
  max: number | null;
}

/** Of a text. */
export interface Limits {
  min: number | null;
  max: number | null;
  patterns: readonly string[];
  format: string | null;
}

export type Fault =
  | { rule: "whole" | "empty" | "pattern" | "uri" | "email" }
  | { rule: "min" | "max" | "above" | "below" | "short" | "long" | "few" | "many"; limit: number }
  | { rule: "values"; values: readonly Json[] }
  | { rule: "line"; line: number; fault: Fault };

const numbers = (way: Way, keyword: string) => way.map((schema) => schema[keyword]).filter((value) => typeof value === "number");

const texts = (way: Way, keyword: string) => way.map((schema) => schema[keyword]).filter((value) => typeof value === "string");

/** The largest numbers that there are limit nobody. */
const isTold = (limit: number) => Math.abs(limit) < Number.MAX_SAFE_INTEGER;

const lowest = (all: readonly number[]) => (all.some(isTold) ? Math.min(...all.filter(isTold)) : null);
const highest = (all: readonly number[]) => (all.some(isTold) ? Math.max(...all.filter(isTold)) : null);

/** Of several ways the wider limit holds. */
export function numberLimitsOf(all: readonly { isWhole: boolean; way: Way }[]): NumberLimits {
  const of = (keyword: string, within: typeof lowest, between: typeof lowest) => {
    const limits = all.map(({ way }) => within(numbers(way, keyword)));
    return between(limits.filter((limit) => limit !== null).length === all.length ? limits.filter((limit) => limit !== null) : []);
  };
  const isWhole = all.every((one) => one.isWhole);
  const [above, below] = [of("exclusiveMinimum", highest, lowest), of("exclusiveMaximum", lowest, highest)];
  return {
    isWhole,
    // More than 0 and whole is 1 or more, which is said more easily.
    min: of("minimum", highest, lowest) ?? (isWhole && above !== null ? Math.floor(above) + 1 : null),
    max: of("maximum", lowest, highest) ?? (isWhole && below !== null ? Math.ceil(below) - 1 : null),
    above: isWhole ? null : above,
    below: isWhole ? null : below,
  };
}

/** A pattern of a kind that browsers do not know is left to the release's own look. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    return true;
  }
}

export const limitsOf = (way: Way): Limits => ({
  min: highest(numbers(way, "minLength")),
  max: lowest(numbers(way, "maxLength")),
  patterns: texts(way, "pattern"),
  format: texts(way, "format")[0] ?? null,
});

interface Texts {
  ways: readonly Limits[];
  values: readonly string[];
}

/** It stands for a variable of the bot's environment, and is put in before anything else looks at it. */
const variable = /^\$\{[A-Z_][A-Z0-9_]*\}$/;

function textFault({ min, max, patterns, format }: Limits, value: string): Fault | null {
  const length = [...value].length;
  if (min !== null && length < min) return length === 0 ? { rule: "empty" } : { rule: "short", limit: min };
  if (max !== null && length > max) return { rule: "long", limit: max };
  if (format === "uri" && !URL.canParse(value)) return { rule: "uri" };
  if (format === "email" && !/^[^\s@]+@[^\s@]+$/.test(value)) return { rule: "email" };
  return patterns.every((one) => matches(one, value)) ? null : { rule: "pattern" };
}

export const faultIn = {
  number({ isWhole, min, max, above, below }: NumberLimits, value: number): Fault | null {
    if (isWhole && !Number.isInteger(value)) return { rule: "whole" };
    if (min !== null && value < min) return { rule: "min", limit: min };
    if (max !== null && value > max) return { rule: "max", limit: max };
    if (above !== null && value <= above) return { rule: "above", limit: above };
    return below !== null && value >= below ? { rule: "below", limit: below } : null;
  },
  text({ ways, values }: Texts, value: string): Fault | null {
    if (values.includes(value) || variable.test(value)) return null;
    if (ways.length === 0) return { rule: "values", values };
    const faults = ways.map((way) => textFault(way, value));
    return faults.includes(null) ? null : (faults[0] ?? null);
  },
  size({ min, max }: Size, length: number): Fault | null {
    if (min !== null && length < min) return { rule: "few", limit: min };
    return max !== null && length > max ? { rule: "many", limit: max } : null;
  },
  list({ item, ...size }: { item: Texts } & Size, values: readonly Json[]): Fault | null {
    const wrong = faultIn.size(size, values.length);
    if (wrong !== null) return wrong;
    const faults = values.map((value) => (typeof value === "string" ? faultIn.text(item, value) : null));
    const at = faults.findIndex((fault) => fault !== null);
    const fault = faults[at];
    return fault ? { rule: "line", line: at + 1, fault } : null;
  },
};
