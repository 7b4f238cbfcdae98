import { describe, expect, it } from 'vitest';
import { mix, readTheme, toRgb } from '../../../src/webview/dashboard/themeColors';

const BLACK = [0, 0, 0] as const;

describe('colours of the theme', () => {
  it.each([
    ['#fff', [255, 255, 255]],
    ['#59a4f9', [89, 164, 249]],
    ['#ffffff80', [128, 128, 128]],
    ['rgb(1, 2, 3)', [1, 2, 3]],
    ['rgba(255, 255, 255, 0.7)', [179, 179, 179]],
    ['no colour', [0, 0, 0]],
  ])('reads %s', (color, rgb) => {
    expect(toRgb(color, BLACK)).toEqual(rgb);
  });

  it('mixes two colours', () => {
    expect(mix(BLACK, [100, 200, 50], 0.5)).toEqual([50, 100, 25]);
  });

  it('come from the variables that VS Code sets', () => {
    const { style } = document.documentElement;
    style.setProperty('--vscode-foreground', '#ffffff');
    style.setProperty('--vscode-sideBar-background', '#000000');
    style.setProperty('--vscode-charts-green', '#89d185');
    expect(readTheme()).toMatchObject({ foreground: '#ffffff', hottest: [137, 209, 133], coldest: [15, 15, 15] });
    style.cssText = '';
  });
});
