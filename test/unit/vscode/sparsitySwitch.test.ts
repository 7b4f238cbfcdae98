import { beforeEach, describe, expect, test, vi } from 'vitest';
import { servedMode } from '../../../src/vscode/servedMode';
import { strategySetting, switchSetting } from '../../../src/vscode/settings';
import { SwitchControl } from '../../../src/vscode/sparsitySwitch';
import { FAKE_MODEL } from '../engine/fakeWorker';
import { changeSetting, fake, resetFake } from './fakeVscode';

vi.mock('vscode', () => import('./fakeVscode'));
beforeEach(resetFake);

function setUp(model = FAKE_MODEL) {
  const logged: string[] = [];
  const control = new SwitchControl(() => servedMode(switchSetting(), strategySetting(), model), {
    error: (message: string) => logged.push(message),
  });
  fake.configurationListeners.add(control.refresh);
  const item = () => fake.statusItems.get('bamboo.mode');
  return { control, logged, item };
}

describe('the switch', () => {
  test('its item says the mode, why, and what a click does', () => {
    const { item } = setUp();
    expect(item()).toMatchObject({
      text: '$(zap) Sparse',
      tooltip: 'The model has no predictors.\nSelect to compute every neuron.',
      command: 'bamboo.toggleMode',
      accessibilityInformation: { label: 'Bamboo computes sparsely. Select to compute every neuron.', role: 'button' },
    });
  });

  test('turning it writes the setting, changes the item and confirms', async () => {
    const { control, item } = setUp();
    await control.toggle();
    expect(fake.settings.mode).toBe('dense');
    expect(item()?.text).toBe('$(layers) Dense');
    expect(fake.confirmations).toEqual(['Bamboo: dense from the next token']);
    await control.toggle();
    expect(fake.settings.mode).toBe('sparse');
    expect(item()?.text).toBe('$(zap) Sparse');
    expect(fake.confirmations.at(-1)).toBe('Bamboo: sparse from the next token');
  });

  test('the setting changed elsewhere is followed and confirmed', () => {
    const { item } = setUp();
    changeSetting('mode', 'dense');
    expect(item()?.text).toBe('$(layers) Dense');
    expect(fake.confirmations).toHaveLength(1);
  });

  test('a change of anything else confirms nothing', () => {
    setUp();
    changeSetting('sparse.strategy', 'exact');
    changeSetting('mode', 'sparse');
    expect(fake.confirmations).toEqual([]);
  });

  test('two clicks in a row end where they began', async () => {
    const { control } = setUp();
    const first = control.toggle();
    const second = control.toggle();
    await Promise.all([first, second]);
    expect(switchSetting()).toBe('sparse');
  });

  test('many clicks are few writes', async () => {
    const { control } = setUp();
    await Promise.all(Array.from({ length: 1001 }, () => control.toggle()));
    expect(switchSetting()).toBe('dense');
    expect(fake.confirmations.length).toBeLessThan(3);
  });

  test('a setting that cannot be written is told to the user, and the item stays', async () => {
    const { control, item, logged } = setUp();
    fake.writeError = new Error('settings.json has errors');
    await control.set('dense');
    expect(fake.messages).toEqual([
      'Bamboo could not switch, because the setting bamboo.mode could not be written: settings.json has errors',
    ]);
    expect(logged.join()).toContain('settings.json has errors');
    expect(item()?.text).toBe('$(zap) Sparse');
    fake.writeError = undefined;
    await control.set('dense');
    expect(item()?.text).toBe('$(layers) Dense');
  });

  test('sparse on a model that has nothing to skip says so', async () => {
    const { control } = setUp({ ...FAKE_MODEL, modes: ['dense'], autoMode: 'dense', autoModeReason: 'Its gate is never zero.' });
    await control.set('dense');
    await control.set('sparse');
    expect(fake.confirmations.at(-1)).toBe('Bamboo: sparse, but this model computes every neuron. Its gate is never zero.');
  });

  test('its item goes with it', () => {
    const { control, item } = setUp();
    control.dispose();
    expect(item()).toBeUndefined();
  });
});
