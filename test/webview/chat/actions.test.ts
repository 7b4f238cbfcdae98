/**
 * Every button and key sends exactly its message, and the focus goes where the work goes on.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer, conversation, openChatView, question, state, type ChatView } from './chatView';

const TALK = conversation(question('q', 'Why?'), answer('a', 'Because:\n\n```py\nprint(1)\n```'));

describe('actions', () => {
  let view: ChatView;
  beforeEach(() => {
    view = openChatView();
    view.receive(state({ current: TALK }));
    view.takeSent();
  });
  afterEach(() => view.close());

  it.each([
    ['Copy', 'copy'],
    ['Insert at the cursor', 'insert'],
    ['Apply as a diff', 'apply'],
    ['New file', 'newFile'],
  ])('%s sends the code and its language', (name, action) => {
    view.click(view.button(name));
    expect(view.takeSent()).toEqual([{ type: 'code', action, code: 'print(1)', language: 'py' }]);
  });

  it.each([
    ['Write this answer again', { type: 'regenerate', messageId: 'a' }],
    ['Copy the message', { type: 'copyMessage', messageId: 'q' }],
    ['New conversation', { type: 'action', action: 'newConversation' }],
    ['Model for chat: bamboo-nanothis machine, ready', { type: 'action', action: 'chooseModel' }],
  ])('%s', (name, message) => {
    view.click(view.button(name));
    expect(view.takeSent()).toEqual([message]);
  });

  it.each([
    ['Choose model', 'chooseModel'],
    ['Settings', 'settings'],
    ['Show log', 'showLog'],
  ])('%s of the panel about the model', (name, action) => {
    view.click(view.button('About this model'));
    expect(view.find('.model-info').textContent).toContain('Short functions from a description.');
    view.click(view.button(name));
    expect(view.takeSent()).toEqual([{ type: 'action', action }]);
  });

  it.each([
    ['no-chat', 'This model has no chat template. Choose another one.'],
    ['failed', 'The engine stopped three times. Look into the log.'],
  ] as const)('says what is wrong in the state %s and offers the ways out', (modelState, error) => {
    view.receive(state({ model: { name: 'm', state: modelState, error, where: 'this machine' } }));
    expect(view.find('.trouble').textContent).toContain(error);
    view.click(view.button('Choose model'));
    view.click(view.button('Show log'));
    expect(view.takeSent()).toEqual([
      { type: 'action', action: 'chooseModel' },
      { type: 'action', action: 'showLog' },
    ]);
  });

  describe('stopping', () => {
    beforeEach(() => view.receive(state({ streamingId: 'a', current: TALK })));

    it('by its button, and the focus goes to the composer', () => {
      view.click(view.button('Stop (Escape)'));
      expect(view.takeSent()).toEqual([{ type: 'action', action: 'stop' }]);
      expect(document.activeElement).toBe(view.composer);
    });

    it('by Escape anywhere', () => {
      view.press(view.find('.transcript'), 'Escape');
      expect(view.takeSent()).toEqual([{ type: 'action', action: 'stop' }]);
    });

    it('not when nothing is being written', () => {
      view.receive(state({ current: TALK }));
      view.press(view.find('.transcript'), 'Escape');
      expect(view.takeSent()).toEqual([]);
    });

    it('keeps other answers from being written meanwhile', () => {
      expect(view.button('Write this answer again').disabled).toBe(true);
    });
  });

  describe('editing a question', () => {
    const editor = (): HTMLTextAreaElement => view.find('.question-editor textarea') as HTMLTextAreaElement;
    beforeEach(() => view.click(view.button('Edit and send again')));

    it('begins with its text and the focus in the editor', () => {
      expect(editor().value).toBe('Why?');
      expect(document.activeElement).toBe(editor());
    });

    it('sends with Enter and goes on in the composer', () => {
      view.fill(editor(), 'Why not?');
      view.press(editor(), 'Enter');
      expect(view.takeSent()).toEqual([{ type: 'edit', messageId: 'q', text: 'Why not?' }]);
      expect(document.activeElement).toBe(view.composer);
      expect(view.root.querySelector('.question-editor')).toBeNull();
    });

    it('begins a line with Shift+Enter and composes in peace', () => {
      expect(view.press(editor(), 'Enter', { shiftKey: true })).toBe(true);
      expect(view.press(editor(), 'Enter', { isComposing: true })).toBe(true);
      expect(view.takeSent()).toEqual([]);
    });

    it('sends nothing empty', () => {
      view.fill(editor(), ' ');
      view.press(editor(), 'Enter');
      expect(view.takeSent()).toEqual([]);
    });

    it('leaves all as it was with Escape, gives the focus back, and stops nothing', () => {
      view.receive(state({ streamingId: 'a', current: TALK }));
      view.press(editor(), 'Escape');
      view.pass(1);
      expect(view.takeSent()).toEqual([]);
      expect(view.find('.question p').textContent).toBe('Why?');
      expect(document.activeElement).toBe(view.button('Edit and send again'));
    });
  });

  describe('the empty conversation', () => {
    beforeEach(() => view.receive(state()));

    it('says what this model can do', () => {
      expect(view.find('.empty').textContent).toContain('Short functions from a description.');
    });

    it('gives larger models larger examples', () => {
      view.receive(state({ model: { name: 'm', state: 'ready', where: 'server' } }));
      expect(view.find('.empty').textContent).toContain('/tests');
      expect(view.find('.empty').textContent).toContain('Answered by the server you chose.');
    });

    it('puts an example into the composer, unsent', () => {
      view.click(view.button('/explain Explain the selected code'));
      expect(view.composer.value).toBe('/explain ');
      expect(document.activeElement).toBe(view.composer);
      expect(view.takeSent()).toEqual([]);
    });
  });

  it('moves inside a row of tools with the arrows, one stop of Tab each', () => {
    const [copy, insert] = [view.button('Copy'), view.button('Insert at the cursor')];
    expect([copy.tabIndex, insert.tabIndex]).toEqual([0, -1]);
    copy.focus();
    view.press(copy, 'ArrowRight');
    expect(document.activeElement).toBe(insert);
    expect([copy.tabIndex, insert.tabIndex]).toEqual([-1, 0]);
    view.press(insert, 'End');
    expect(document.activeElement).toBe(view.button('New file'));
    view.press(view.button('New file'), 'ArrowRight');
    expect(document.activeElement).toBe(copy);
  });

  it('shows a notice of the host for a while', () => {
    view.receive({ type: 'notice', text: 'Inserted at line 12' });
    expect(view.find('.notice').textContent).toBe('Inserted at line 12');
    view.pass(6000);
    expect(view.find('.notice').textContent).toBe('');
  });
});
