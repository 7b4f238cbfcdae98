/**
 * Draws an answer's Markdown. Each top-level block is drawn from its source alone and only when that changes, so a stream costs what
 * its last block costs. Elements are made one by one from the sanitised tree; no HTML string ever becomes part of the page.
 */
import { h, type ComponentChild, type JSX } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { CodeBlock, type OnCode } from './CodeBlock';
import { CutText } from './CutText';
import { splitBlocks, type SplitText } from './markdownBlocks';
import { ALLOWED_ELEMENTS, safeHtml, type SafeBlock } from './safeHtml';
import { visibleText } from './visibleText';

/** A longer paragraph, list or table is shown as the plain text it was written as. */
const FORMATTED_CHARS = 12_000;
const PLAIN_CHARS = 4_000;

/** Headings of an answer stand below those of the view. */
const SHOWN_AS: Readonly<Record<string, string>> = { h1: 'h3', h2: 'h4', h3: 'h5', h4: 'h6', h5: 'h6', h6: 'h6' };

/** Line breaks of the HTML text mean nothing between their children. */
const CONTAINERS: ReadonlySet<string> = new Set(['#document-fragment', 'UL', 'OL', 'BLOCKQUOTE', 'TABLE', 'THEAD', 'TBODY', 'TR']);

const KNOWN_ELEMENTS: ReadonlySet<string> = new Set(ALLOWED_ELEMENTS);

export interface MarkdownTextProps {
  readonly text: string;
  readonly isGrowing: boolean;
  /** One function for the life of the view: blocks are drawn anew when it changes. */
  readonly onCode: OnCode;
}

export function MarkdownText({ text, isGrowing, onCode }: MarkdownTextProps): JSX.Element {
  const previous = useRef<SplitText | undefined>(undefined);
  const split = splitBlocks(text, previous.current);
  previous.current = split;
  const last = split.blocks.length - 1;
  return (
    <div class="markdown">
      {split.blocks.map((block, index) => (
        <Block key={index} source={block.source} isGrowing={isGrowing && index === last} onCode={onCode} />
      ))}
    </div>
  );
}

interface BlockProps {
  readonly source: string;
  readonly isGrowing: boolean;
  readonly onCode: OnCode;
}

function Block({ source, isGrowing, onCode }: BlockProps): JSX.Element {
  return useMemo(() => <div class="block">{drawnBlock(source, isGrowing, onCode)}</div>, [source, isGrowing, onCode]);
}

function drawnBlock(source: string, isGrowing: boolean, onCode: OnCode): ComponentChild {
  const isFence = /^\s*(```|~~~)/.test(source);
  if (source.length > FORMATTED_CHARS && !isFence) {
    return (
      <CutText text={source} mostChars={PLAIN_CHARS}>
        {(shown) => <p class="plain">{visibleText(shown)}</p>}
      </CutText>
    );
  }
  const block = safeHtml(source);
  return childrenOf(block.content, block, isGrowing, onCode);
}

function childrenOf(parent: Node, block: SafeBlock, isGrowing: boolean, onCode: OnCode): ComponentChild[] {
  return [...parent.childNodes].map((node) => {
    if (node.nodeType === Node.TEXT_NODE) return CONTAINERS.has(parent.nodeName) ? null : visibleText(node.nodeValue ?? '');
    return node instanceof Element ? drawnElement(node, block, isGrowing, onCode) : null;
  });
}

function drawnElement(element: Element, block: SafeBlock, isGrowing: boolean, onCode: OnCode): ComponentChild {
  const name = element.tagName.toLowerCase();
  if (!KNOWN_ELEMENTS.has(name)) return null;
  const fence = block.fences[Number(element.getAttribute('data-fence') ?? -1)];
  if (fence !== undefined) return <CodeBlock fence={fence} isGrowing={isGrowing} onCode={onCode} />;
  const children = childrenOf(element, block, isGrowing, onCode);
  const drawn = h(SHOWN_AS[name] ?? name, propertiesOf(element), children);
  return name === 'table' ? <div class="table-scroll">{drawn}</div> : drawn;
}

function propertiesOf(element: Element): Record<string, string> {
  const properties: Record<string, string> = {};
  const kind = element.getAttribute('data-kind') ?? element.getAttribute('data-align');
  if (kind !== null) properties.class = `is-${kind}`;
  const title = element.getAttribute('title');
  if (title !== null) properties.title = visibleText(title);
  const start = element.getAttribute('start');
  if (start !== null && /^\d{1,9}$/.test(start)) properties.start = start;
  return properties;
}
