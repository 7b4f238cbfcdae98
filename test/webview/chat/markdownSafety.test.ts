/**
 * Whatever a model writes is drawn inert: nothing loads, nothing runs, nothing navigates, and nothing hides.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer, conversation, openChatView, question, state, type ChatView } from './chatView';

const ONE_MEGABYTE = 1024 * 1024;

const NASTY: Readonly<Record<string, string>> = {
  script: '<script>window.ran = true</script>',
  'an image with a handler': '<img src=x onerror="window.ran = true">',
  'an image of Markdown': '![cat](https://evil.example/cat.png "title")',
  'an image by reference': '![cat][1]\n\n[1]: https://evil.example/cat.png',
  'a frame': '<iframe src="https://evil.example"></iframe>',
  'an object': '<object data="https://evil.example"></object><embed src="x">',
  'a form': '<form action="https://evil.example"><input name=a autofocus onfocus=alert(1)></form>',
  'a style sheet': '<style>body{background:url(https://evil.example)}</style><link rel=stylesheet href=https://evil.example>',
  'a base and a refresh': '<base href="https://evil.example"><meta http-equiv=refresh content="0;url=https://evil.example">',
  svg: '<svg onload=alert(1)><use href="data:image/svg+xml;base64,AAAA#x"/></svg>',
  mathml: '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  'a script address': '[click](javascript:alert(1)) [again](JaVaScRiPt:alert(1)) <javascript:alert(1)>',
  'a data address': '[click](data:text/html;base64,PHNjcmlwdD4=)',
  'a command address': '[click](command:workbench.action.terminal.new)',
  'a plain link': '[click](https://example.com/path "title") and <https://example.com> and https://example.com',
  'a link title that breaks out': '[a](https://example.com "\\"><img src=x onerror=alert(1)>")',
  'an address that breaks out': '[a](https://example.com/"onmouseover="alert(1))',
  'a language that breaks out': '```"><img src=x onerror=alert(1)>\ncode\n```',
  'HTML in code': '```html\n<script>window.ran = true</script><img src=x onerror=alert(1)>\n```',
  'HTML in inline code': '`<img src=x onerror=alert(1)>`',
  'a forged code block': '<pre data-fence="0"></pre>',
  'clobbered names': '<a id="body"></a><form name="attributes"><input name="attributes"></form>',
  'a table with styles': '| a | b |\n|:-|-:|\n| <b style="position:fixed">x</b> | ![y](z) |',
  'an unclosed everything': '<div><p><b <script <!-- <![CDATA[ ``` ~~~ [![[',
  'deep quotes': '>'.repeat(5000) + ' deep',
  'deep lists': Array.from({ length: 300 }, (_, depth) => `${'  '.repeat(depth)}- x`).join('\n'),
  'many openers': '['.repeat(20_000) + '*a'.repeat(20_000),
};

describe('drawing what a model wrote', () => {
  let view: ChatView;
  beforeEach(() => {
    view = openChatView();
  });
  afterEach(() => view.close());

  const draw = (text: string): HTMLElement => {
    view.receive(state({ current: conversation(question('q', text), answer('a', text)) }));
    return view.find('.transcript');
  };

  it.each(Object.entries(NASTY))('draws %s inert', (_name, text) => {
    const transcript = draw(text);
    expect(
      transcript.querySelector('script, img, iframe, object, embed, form, input, style, link, base, meta, svg, math, a, video, audio'),
    ).toBeNull();
    for (const element of transcript.querySelectorAll('*')) {
      for (const { name, value } of element.attributes) {
        expect(name).not.toMatch(/^on|^(href|src|srcset|action|formaction|style|id|background|data)$/);
        if (name !== 'title') expect(value).not.toMatch(/javascript:|https?:/i);
      }
    }
    expect(Reflect.get(window, 'ran')).toBeUndefined();
  });

  it('shows raw HTML as the text it is', () => {
    expect(draw('<b>bold</b>').querySelector('.answer p')?.textContent).toBe('<b>bold</b>');
  });

  it('shows a link as text with its address in the title', () => {
    const link = draw('[docs](https://example.com/x)').querySelector('.is-link');
    expect([link?.tagName, link?.textContent, link?.getAttribute('title')]).toEqual(['SPAN', 'docs', 'https://example.com/x']);
  });

  it('says where an image was', () => {
    const image = draw('![a cat](https://example.com/cat.png)').querySelector('.is-image');
    expect(image?.textContent).toBe('image, not loaded: a cat');
  });

  it.each([
    ['terminal escapes', '\u001b[31mred\u001b[0m', '␛[31mred␛[0m'],
    ['bidirectional overrides', 'safe\u202Egnp.exe', 'safe⟨U+202E⟩gnp.exe'],
    ['isolates', 'a\u2066b\u2069', 'a⟨U+2066⟩b⟨U+2069⟩'],
    ['a bell and a backspace', 'a\u0007\u0008', 'a␇␈'],
  ])('makes %s visible in questions and answers', (_name, text, shown) => {
    const transcript = draw(text);
    expect(transcript.querySelector('.answer p')?.textContent).toBe(shown);
    expect(transcript.querySelector('.question p')?.textContent).toBe(shown);
  });

  it('makes overrides visible in code but hands the code on as it was written', () => {
    const code = 'if (admin\u202E) { }';
    const transcript = draw('```js\n' + code + '\n```');
    expect(transcript.querySelector('.answer pre')?.textContent).toBe('if (admin⟨U+202E⟩) { }');
    view.takeSent();
    view.click(view.button('Copy'));
    expect(view.takeSent()).toEqual([{ type: 'code', action: 'copy', code, language: 'js' }]);
  });

  it('cuts a line of one megabyte and offers the rest', () => {
    const line = 'x'.repeat(ONE_MEGABYTE);
    const transcript = draw(line);
    expect(transcript.textContent.length).toBeLessThan(20_000);
    expect(transcript.textContent).toContain(`Show all (${ONE_MEGABYTE.toLocaleString('en')} characters)`);
    expect(transcript.querySelector('.question')?.textContent).toContain('Show all');
  });

  it('shows the whole question when asked', () => {
    const transcript = draw('y'.repeat(3000));
    view.click(view.button('Show all (3,000 characters)'));
    expect(transcript.querySelector('.question p')?.textContent).toBe('y'.repeat(3000));
  });

  it('leaves a very long line of code plain and cut', () => {
    const transcript = draw('```js\n' + 'let a = 1; '.repeat(ONE_MEGABYTE / 11) + '\n```');
    const code = transcript.querySelector('.answer pre');
    expect(code?.querySelectorAll('span').length).toBe(0);
    expect(code?.textContent.length).toBeLessThanOrEqual(20_000);
  });

  it('colours code of a known language and leaves an unknown one plain', () => {
    const transcript = draw('```ts\nconst a = "<b>" && 1;\n```\n\n```klingon\nconst a = 1;\n```');
    const [known, unknown] = transcript.querySelectorAll('.answer pre');
    expect(known?.querySelector('.hljs-keyword')?.textContent).toBe('const');
    expect(known?.textContent).toBe('const a = "<b>" && 1;');
    expect(unknown?.querySelectorAll('span').length).toBe(0);
  });

  it('gives code inside a list its buttons too', () => {
    draw('1. First:\n\n   ```py\n   print(1)\n   ```\n2. Second');
    view.takeSent();
    view.click(view.button('Insert at the cursor'));
    expect(view.takeSent()).toEqual([{ type: 'code', action: 'insert', code: 'print(1)', language: 'py' }]);
  });
});
