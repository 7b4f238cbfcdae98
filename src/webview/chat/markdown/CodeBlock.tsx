/**
 * Code of an answer: its language, what can be done with it, and its text in the colours of the theme.
 */
import type { ComponentChild, JSX } from 'preact';
import { CHAT_LIMITS, CODE_ACTIONS, type CodeAction } from '../../../protocol/chat';
import { IconButton } from '../controls/IconButton';
import { Toolbar } from '../controls/Toolbar';
import { WORDS } from '../words';
import { CutText } from './CutText';
import { HIGHLIGHT_CHARS, highlight, type CodePiece } from './highlighting';
import type { Fence } from './safeHtml';
import { visibleText } from './visibleText';

export type OnCode = (action: CodeAction, code: string, language: string) => void;

const CODE_ICONS: Readonly<Record<CodeAction, string>> = { copy: 'copy', insert: 'insert', apply: 'diff', newFile: 'new-file' };

const SHOWN_CHARS = 20_000;

export interface CodeBlockProps {
  readonly fence: Fence;
  readonly isGrowing: boolean;
  readonly onCode: OnCode;
}

export function CodeBlock({ fence, isGrowing, onCode }: CodeBlockProps): JSX.Element {
  const { code, language } = fence;
  const name = language === '' ? WORDS.plainCode : visibleText(language);
  return (
    <div class="code-block">
      <div class="code-header">
        <span class="code-language">{name}</span>
        <Toolbar label={WORDS.codeTools}>
          {CODE_ACTIONS.map((action) => (
            <IconButton
              key={action}
              icon={CODE_ICONS[action]}
              label={WORDS.codeActions[action]}
              disabled={code.length > CHAT_LIMITS.codeChars}
              onClick={() => onCode(action, code, language)}
            />
          ))}
        </Toolbar>
      </div>
      <CutText text={code} mostChars={SHOWN_CHARS}>
        {(shown) => (
          // Wide code scrolls, and the keyboard must be able to scroll it.
          <pre tabIndex={0} role="group" aria-label={WORDS.codeOf(name)}>
            <code>{colouredCode(shown, language, isGrowing)}</code>
          </pre>
        )}
      </CutText>
    </div>
  );
}

function colouredCode(code: string, language: string, isGrowing: boolean): ComponentChild {
  const text = visibleText(code);
  const pieces = highlight(text, language, isGrowing ? HIGHLIGHT_CHARS.streaming : HIGHLIGHT_CHARS.finished);
  return pieces === undefined ? text : pieces.map(colouredPiece);
}

function colouredPiece(piece: CodePiece): ComponentChild {
  if (typeof piece === 'string') return piece;
  return <span class={piece.kind}>{piece.pieces.map(colouredPiece)}</span>;
}
