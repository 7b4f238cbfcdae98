/**
 * Turns one Markdown block into a small, inert DOM tree: raw HTML stays text, images and links lose their addresses' power, and
 * DOMPurify lets only the listed elements and attributes through. Code blocks are put aside, so that their text never passes as HTML.
 */
import DOMPurify from 'dompurify';
import MarkdownIt, { type Env, type Token } from 'markdown-it';
import { WORDS } from '../words';

export interface Fence {
  readonly language: string;
  readonly code: string;
}

export interface SafeBlock {
  readonly content: DocumentFragment;
  /** By the number in `data-fence` of a pre element. */
  readonly fences: readonly Fence[];
}

// prettier-ignore
export const ALLOWED_ELEMENTS = [
  'p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'strong', 'em', 's', 'code', 'pre', 'ul', 'ol', 'li', 'blockquote',
  'table', 'thead', 'tbody', 'tr', 'th', 'td', 'span',
] as const;

const ALLOWED_ATTRIBUTES = ['title', 'start', 'data-fence', 'data-kind', 'data-align'];

const LANGUAGE_CHARS = 40;

const markdown = new MarkdownIt({ html: false, linkify: false, breaks: false });
const escape = markdown.utils.escapeHtml;
const rules = markdown.renderer.rules;

rules.fence = (tokens, index, _options, env) => putAside(tokens[index], env);
rules.code_block = (tokens, index, _options, env) => putAside(tokens[index], env);
rules.link_open = (tokens, index) => `<span data-kind="link" title="${escape(attribute(tokens[index], 'href'))}">`;
rules.link_close = () => '</span>';
rules.image = (tokens, index) => {
  const image = tokens[index];
  const address = escape(attribute(image, 'src'));
  return `<span data-kind="image" title="${address}">${escape(WORDS.imageNotLoaded(image?.content ?? ''))}</span>`;
};
rules.th_open = (tokens, index) => `<th${alignmentOf(tokens[index])}>`;
rules.td_open = (tokens, index) => `<td${alignmentOf(tokens[index])}>`;

export function safeHtml(source: string): SafeBlock {
  const fences: Fence[] = [];
  const html = markdown.render(source, { fences });
  const content = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: [...ALLOWED_ELEMENTS],
    ALLOWED_ATTR: ALLOWED_ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  return { content, fences };
}

function putAside(token: Token | undefined, env: Env | undefined): string {
  const fences = env?.fences as Fence[];
  const language = (token?.info.trim().split(/\s+/, 1)[0] ?? '').slice(0, LANGUAGE_CHARS);
  fences.push({ language, code: (token?.content ?? '').replace(/\n$/, '') });
  return `<pre data-fence="${fences.length - 1}"></pre>`;
}

function alignmentOf(token: Token | undefined): string {
  const alignment = /text-align:(left|center|right)/.exec(attribute(token, 'style'))?.[1];
  return alignment === undefined ? '' : ` data-align="${alignment}"`;
}

function attribute(token: Token | undefined, name: string): string {
  return String(token?.attrGet(name) ?? '');
}
