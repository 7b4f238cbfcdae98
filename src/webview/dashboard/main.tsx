/**
 * Draws the dashboard view.
 */
import { render } from 'preact';
import './dashboard.css';

render(<p>Loading</p>, document.body);
