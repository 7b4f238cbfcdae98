/**
 * Draws the chat view.
 */
import { render } from 'preact';
import './chat.css';

render(<p>Loading</p>, document.body);
