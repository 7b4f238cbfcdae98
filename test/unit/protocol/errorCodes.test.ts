/**
 * The native library and the TypeScript side name failures with the same strings.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EngineError, toEngineError } from '../../../src/protocol/engineError';
import { isEngineErrorCode, NATIVE_ERROR_CODES, WORKER_ERROR_CODES } from '../../../src/protocol/errorCodes';

const NATIVE = path.resolve(__dirname, '../../../native');

/** "kFileNotFound" -> "file-not-found" */
function codeOfEnumerator(name: string): string {
  return name
    .replace(/^k/, '')
    .replace(/(?<!^)([A-Z])/g, '-$1')
    .toLowerCase();
}

describe('error codes', () => {
  it('are the same list, in the same order, in the native library', () => {
    const header = readFileSync(path.join(NATIVE, 'include/bamboo/error.h'), 'utf8');
    const enumerators = /enum class ErrorCode \{([^}]*)\}/.exec(header)?.[1]?.match(/k\w+/g) ?? [];
    expect(enumerators.map(codeOfEnumerator)).toEqual([...NATIVE_ERROR_CODES]);
  });

  it('are spelled by the native library as they are here', () => {
    const source = readFileSync(path.join(NATIVE, 'engine/error.cc'), 'utf8');
    for (const code of NATIVE_ERROR_CODES) {
      expect(source).toContain(`"${code}"`);
    }
  });

  it('are a closed set without repetitions', () => {
    const all = [...NATIVE_ERROR_CODES, ...WORKER_ERROR_CODES];
    expect(new Set(all).size).toBe(all.length);
    expect(isEngineErrorCode('bad-magic')).toBe(true);
    expect(isEngineErrorCode('ENOENT')).toBe(false);
    expect(isEngineErrorCode(7)).toBe(false);
  });
});

describe('toEngineError', () => {
  it('keeps a typed error and adopts a code of the set', () => {
    const typed = new EngineError('queue-full', 'full');
    expect(toEngineError(typed)).toBe(typed);
    expect(toEngineError(Object.assign(new Error('magic'), { code: 'bad-magic' }))).toMatchObject({ code: 'bad-magic', message: 'magic' });
  });

  it('calls everything else internal', () => {
    expect(toEngineError(Object.assign(new Error('no file'), { code: 'ENOENT' }))).toMatchObject({ code: 'internal', message: 'no file' });
    expect(toEngineError('words')).toMatchObject({ code: 'internal', message: 'words' });
  });
});
