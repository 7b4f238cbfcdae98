/**
 * Runs a model's chat template: a small program out of an untrusted file, with a limit on steps, time and text.
 * It knows no files and no time; what it wrote is only text.
 */
import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import { LIMITS } from '../protocol/engineProtocol';
import { ChatError } from './chatError';

export const TEMPLATE_LIMITS = { steps: 200_000, millis: 500, chars: 1_000_000, rangeNumbers: 20_000 } as const;

type Statement = Parameters<Interpreter['evaluate']>[0];
type RuntimeValue = ReturnType<Interpreter['evaluate']>;

/** Every expression and statement of a template passes through `evaluate`. */
class BoundedInterpreter extends Interpreter {
  private steps = 0;
  private chars = 0;

  constructor(
    environment: Environment,
    private readonly nowMs: () => number,
    private readonly endMs: number,
  ) {
    super(environment);
  }

  override evaluate(statement: Statement, environment: Environment): RuntimeValue {
    this.steps += 1;
    if (this.steps > TEMPLATE_LIMITS.steps) throw new Error('it runs too long');
    if (this.steps % 50 === 0 && this.nowMs() > this.endMs) throw new Error('it takes too long');
    const value = super.evaluate(statement, environment);
    if (typeof value.value === 'string') {
      // The sum over all steps bounds memory: text that grows is counted every time.
      this.chars += value.value.length > 1_000 ? value.value.length : 0;
      if (this.chars > TEMPLATE_LIMITS.chars * 64 || value.value.length > TEMPLATE_LIMITS.chars) throw new Error('its text is too long');
    }
    return value;
  }
}

/** Throws ChatError 'template-failed'. */
export function runTemplate(template: string, variables: Readonly<Record<string, unknown>>, nowMs: () => number): string {
  if (template.length > LIMITS.chatTemplateChars) throw templateFailed(`it has more than ${LIMITS.chatTemplateChars} characters`);
  try {
    const program = parse(tokenize(template, { lstrip_blocks: true, trim_blocks: true }));
    const interpreter = new BoundedInterpreter(environmentWith(variables), nowMs, nowMs() + TEMPLATE_LIMITS.millis);
    const { value } = interpreter.run(program);
    if (typeof value !== 'string') throw new Error('it gave no text');
    return value;
  } catch (thrown) {
    throw templateFailed(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

export function templateFailed(why: string): ChatError {
  const reason = why.slice(0, 200).replace(/[.!]$/, '');
  return new ChatError(
    'template-failed',
    `The chat template of the model cannot be used: ${reason}. Choose another model with the setting "bamboo.chat.model.path".`,
  );
}

function environmentWith(variables: Readonly<Record<string, unknown>>): Environment {
  const environment = new Environment();
  const constants = { true: true, false: false, none: null, True: true, False: false, None: null };
  for (const [name, value] of Object.entries({ ...constants, ...variables })) environment.set(name, value);
  environment.set('raise_exception', (message: unknown) => {
    throw new Error(String(message));
  });
  environment.set('range', boundedRange());
  // Some templates print the date; without one the prompt stays the same from day to day and its cache stays valid.
  environment.set('strftime_now', () => '');
  return environment;
}

/** All ranges of one run together: an empty loop over a range costs time, but no steps. */
function boundedRange(): (first: number, last?: number, step?: number) => number[] {
  let made = 0;
  return (first, last, step = 1) => {
    const [start, stop] = last === undefined ? [0, first] : [first, last];
    made += Math.max(0, Math.ceil((stop - start) / step));
    if (!(made <= TEMPLATE_LIMITS.rangeNumbers)) throw new Error('its ranges are too long');
    const numbers: number[] = [];
    for (let value = start; step > 0 ? value < stop : value > stop; value += step) numbers.push(value);
    return numbers;
  };
}
