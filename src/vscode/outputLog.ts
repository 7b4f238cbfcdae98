/**
 * The log channel "Bamboo". Text of the user's files goes to it at level trace only.
 */
import * as vscode from 'vscode';
import type { EngineClientOptions } from '../engine/engineClient';

export function createOutputLog(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel('Bamboo', { log: true });
}

export function engineLog(channel: vscode.LogOutputChannel): EngineClientOptions['log'] {
  return (level, message) => channel[level](message);
}
