/**
 * Starts the chat view in its page.
 */
import type { ChatToHost, ChatToView } from '../../protocol/chat';
import { connectToHost } from '../hostConnection';
import './styles/page.css';
import './styles/controls.css';
import './styles/model.css';
import './styles/transcript.css';
import './styles/code.css';
import './styles/history.css';
import './styles/composer.css';
import { startChat } from './startChat';
import { isChatToView } from './toViewGuard';

startChat(connectToHost<ChatToHost, ChatToView>(isChatToView), document.body);
