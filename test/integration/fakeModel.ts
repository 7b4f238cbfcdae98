/**
 * A model folder for the fake library, and requests for it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GREEDY, type GenerateRequest } from '../../src/protocol/engineProtocol';
import { byteTokenizerJson, type Order } from './fakes/byteTokenizer';

export const FAKE_ADDON = path.join(__dirname, 'fakes', 'addon.js');

export interface FakeModel {
  readonly modelPath: string;
  remove(): void;
}

export function createFakeModel(content = 'GGUF'): FakeModel {
  const folder = mkdtempSync(path.join(tmpdir(), 'bamboo-worker-'));
  const modelPath = path.join(folder, 'echo.gguf');
  writeFileSync(modelPath, content);
  writeFileSync(path.join(folder, 'tokenizer.json'), byteTokenizerJson());
  return { modelPath, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function requestFor(text: string, order?: Order): Omit<GenerateRequest, 'requestId'> {
  return {
    priority: 'completion',
    prompt: [...(order === undefined ? [] : [{ kind: 'special' as const, token: order }]), { kind: 'text', text }],
    maxTokens: 64,
    maxPromptTokens: 0,
    sampling: GREEDY,
    stop: { strings: [], tokens: [] },
  };
}
