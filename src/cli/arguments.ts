/**
 * The values of a command line, read with their types and limits.
 * Whatever is wrong becomes a UsageError of one line.
 */
import { parseArgs } from 'node:util';
import type { Command } from './command';

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface NumberLimits {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}

export class Arguments {
  private constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly positionals: readonly string[],
  ) {}

  static parse(command: Pick<Command, 'options' | 'positionals'>, argv: readonly string[]): Arguments {
    const allowed = command.positionals ?? 0;
    try {
      const { values, positionals } = parseArgs({
        args: [...argv],
        options: { ...command.options, help: { type: 'boolean' } },
        allowPositionals: allowed > 0,
      });
      if (positionals.length > allowed) {
        throw new UsageError(`too many arguments: ${positionals.slice(allowed).join(' ')}`);
      }
      return new Arguments(values, positionals);
    } catch (error) {
      throw error instanceof UsageError ? error : new UsageError(firstSentence(error));
    }
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') {
      throw new UsageError(`--${name} is missing`);
    }
    return value;
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[], fallback: Choice): Choice {
    const value = this.text(name) ?? fallback;
    const known = choices.find((choice) => choice === value);
    if (known === undefined) {
      throw new UsageError(`--${name} must be one of ${choices.join(', ')}; got "${value}"`);
    }
    return known;
  }

  /** The values of an option that may be repeated. */
  choices<Choice extends string>(name: string, choices: readonly Choice[], fallback: readonly Choice[]): Choice[] {
    const values: unknown = this.values[name] ?? fallback;
    return (Array.isArray(values) ? values : [values]).map((value: unknown) => {
      const known = choices.find((choice) => choice === value);
      if (known === undefined) throw new UsageError(`--${name} must be one of ${choices.join(', ')}; got "${String(value)}"`);
      return known;
    });
  }

  integer(name: string, limits: NumberLimits): number {
    const value = this.number(name, limits);
    if (!Number.isInteger(value)) {
      throw new UsageError(`--${name} must be a whole number; got "${value}"`);
    }
    return value;
  }

  number(name: string, { min, max, fallback }: NumberLimits): number {
    const text = this.text(name);
    if (text === undefined) {
      return fallback;
    }
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!(value >= min && value <= max)) {
      throw new UsageError(`--${name} must be a number from ${min} to ${max}; got "${text}"`);
    }
    return value;
  }

  /** Numbers with commas between them; undefined when the option is absent. */
  numberList(name: string, { min, max }: Pick<NumberLimits, 'min' | 'max'>): number[] | undefined {
    const text = this.text(name);
    return text?.split(',').map((part) => {
      const value = part.trim() === '' ? Number.NaN : Number(part);
      if (!(value >= min && value <= max)) {
        throw new UsageError(`--${name} must be numbers from ${min} to ${max} with commas between them; got "${text}"`);
      }
      return value;
    });
  }

  requiredPositional(index: number, what: string): string {
    const value = this.positionals[index];
    if (value === undefined || value === '') {
      throw new UsageError(`${what} is missing`);
    }
    return value;
  }
}

/** Node's messages go on with advice about "--" that does not fit here. */
function firstSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split(/\. |\n/, 1).join('');
}
