import type { Frame, Locator, Page } from 'playwright-core';
export type ThemeName = 'Dark Modern' | 'Light Modern' | 'Default High Contrast' | 'Default High Contrast Light';
export const THEMES: Readonly<Record<ThemeName, string>>;
export type WebviewId = 'bamboo.dashboard' | 'bamboo.chat';
export function runPaletteCommand(page: Page, title: string): Promise<void>;
export function changeSettings(
  page: Page,
  profileFolder: string,
  scope: 'user' | 'machine',
  changes: Readonly<Record<string, unknown>>,
): Promise<void>;
export function themeDrawn(page: Page, theme: ThemeName): Promise<void>;
export function openSidebar(page: Page): Promise<void>;
export function sidebarPart(page: Page): Locator;
export function viewPane(page: Page, name: string): Locator;
export function showOnly(page: Page, name: string): Promise<void>;
export function webviewFrame(page: Page, viewId: WebviewId): Promise<Frame>;
export function resizeSidebar(page: Page, widthPx: number): Promise<void>;
export function seriousViolations(frame: Page | Frame, selector?: string, except?: readonly string[]): Promise<string[]>;
