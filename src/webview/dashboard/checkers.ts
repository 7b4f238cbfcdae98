/**
 * The few pieces that a guard for messages is put together from: each says whether an unknown value has a form.
 * They never throw; which message has which form is the guard's matter.
 */

export type Check = (value: unknown) => boolean;

/** A checker for every field of T, the optional ones too: a new field cannot be forgotten. */
export type Fields<T> = { readonly [Key in keyof Required<T>]: Check };

export const flag: Check = (value) => typeof value === 'boolean';

/** Times, sizes and counts. */
export const amount: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** 0..1; a mean of ones may be a rounding error above. */
export const share: Check = (value) => amount(value) && (value as number) <= 1 + 1e-9;

export function wholeUpTo(most: number): Check {
  return (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

export function text(mostCharacters: number): Check {
  return (value) => typeof value === 'string' && value.length <= mostCharacters;
}

export function oneOf(values: readonly string[]): Check {
  return (value) => typeof value === 'string' && values.includes(value);
}

export function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

export function list(check: Check, most: number): Check {
  return (value) => Array.isArray(value) && value.length <= most && value.every(check);
}

/** Fields that it does not know are let through: a newer host may send more. */
export function shape<T>(fields: Fields<T>): Check {
  const entries = Object.entries<Check>(fields);
  return (value) => isRecord(value) && entries.every(([field, check]) => check(value[field]));
}

/** One shape for each value of the field `kind`. */
export function byKind(shapes: ReadonlyMap<string, Check>): Check {
  return (value) => isRecord(value) && typeof value.kind === 'string' && (shapes.get(value.kind)?.(value) ?? false);
}

export function both(first: Check, second: Check): Check {
  return (value) => first(value) && second(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
