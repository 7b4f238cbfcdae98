/**
 * Every reason why nothing is suggested, as a closed set of codes with a sentence each.
 * The status bar's tooltip and the log show them; no step of the flow may end in silence without one.
 */

export const SILENCE_SENTENCES = {
  disabled: 'Completions are switched off (setting bamboo.enabled).',
  'language-disabled': 'Completions are switched off for this language (setting bamboo.languages).',
  'unsupported-document': 'This kind of document gets no completions.',
  'excluded-file': 'The file may hold secrets, so nothing of it is read.',
  'ignored-file': 'An ignore file (.gitignore, .bambooignore) or the setting bamboo.exclude keeps this file out.',
  'binary-file': 'The file holds binary data.',
  'empty-file': 'The file is empty; there is nothing to go on.',
  'inside-word': 'The cursor stands inside a word.',
  'engine-starting': 'The model is still loading.',
  'engine-stopped': 'The engine is not running; the log says why.',
  'engine-error': 'The engine failed on this request; the log says why.',
  cancelled: 'You went on typing before the suggestion was ready.',
  'empty-middle': 'The model sees nothing to insert here.',
  'whitespace-only': 'The model suggested nothing but white space.',
  'repeats-prefix': 'The suggestion repeated the lines above.',
  'repeats-suffix': 'The suggestion repeated what already follows.',
  'repetition-loop': 'The suggestion repeated itself.',
  'unbalanced-closer': 'The suggestion closed a bracket that is not open.',
  'low-confidence': 'The model was not sure enough.',
  'popup-mismatch': 'The suggestion does not extend the entry selected in the suggest widget.',
} as const;

export type SilenceReason = keyof typeof SILENCE_SENTENCES;
