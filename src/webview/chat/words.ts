/**
 * Every word that the chat view shows or speaks, in one place so that they can be translated.
 */
const number = new Intl.NumberFormat('en');
const decimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** "1 message", "2 messages". */
function counted(count: number, noun: string): string {
  return `${number.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}

export const WORDS = {
  loading: 'Loading the chat',

  // The model line
  model: 'Model for chat',
  modelStates: {
    off: 'starts with your first question',
    starting: 'starting',
    ready: 'ready',
    restarting: 'restarting',
    failed: 'stopped working',
    'no-chat': 'cannot chat',
  },
  chooseModel: 'Choose model',
  showLog: 'Show log',
  settings: 'Settings',
  modelInfo: 'About this model',
  modelInfoPlain: 'This model answers within its context; older messages are left out when a conversation grows longer than that.',
  history: 'Conversations',
  newConversation: 'New conversation',
  noChatTitle: 'This model cannot chat',
  failedTitle: 'The model is not running',

  // The empty state
  emptyTitle: 'Ask about your code',
  emptyPrivacy: { 'this machine': 'Answered on this machine. Nothing is sent anywhere.', server: 'Answered by the server you chose.' },
  examples: 'For example',
  /** What the bundled model was trained for. */
  smallModelExamples: ['Write a function that checks whether a number is prime', '/explain', '/document'],
  largeModelExamples: ['/explain', '/tests', 'How could the selected code be simpler?'],

  // The transcript
  transcript: 'Conversation',
  you: 'You',
  answer: 'Answer',
  earlier: (count: number) => `Show ${counted(count, 'earlier message')}`,
  newest: 'Jump to the newest message',
  waitingForCompletions: 'Waiting: completions go first',
  waitingForModel: 'The model is starting',
  stopped: 'Stopped',
  failedWithoutReason: 'The answer failed. Try again, or look into the log.',
  retry: 'Retry',
  regenerate: 'Write this answer again',
  copyMessage: 'Copy the message',
  edit: 'Edit and send again',
  editLabel: 'Your question',
  editHint: 'What came after it will be dropped.',
  editSend: 'Send again',
  editCancel: 'Cancel',
  questionTools: 'Tools for this question',
  answerTools: 'Tools for this answer',
  trimmed: "not in the prompt any more: the conversation is longer than the model's context",
  showAll: (characters: number) => `Show all (${number.format(characters)} characters)`,
  tokens: (count: number) => counted(count, 'token'),
  tokensPerSecond: (rate: number) => `${decimal.format(rate)} tokens/s`,
  imageNotLoaded: (text: string) => (text === '' ? 'image, not loaded' : `image, not loaded: ${text}`),

  // Code blocks
  plainCode: 'text',
  codeOf: (language: string) => `Code, ${language}`,
  codeTools: 'Tools for this code',
  codeActions: { copy: 'Copy', insert: 'Insert at the cursor', apply: 'Apply as a diff', newFile: 'New file' },

  // The composer
  composer: 'Question',
  placeholder: 'Ask, # to add context, / for commands',
  send: 'Send (Enter)',
  stop: 'Stop (Escape)',
  addContext: 'Add context (#)',
  removeMention: (label: string) => `Remove #${label}`,
  mentions: 'Context of the question',
  mentionSuggestions: 'Context to add',
  commandSuggestions: 'Commands',
  noMentions: 'Nothing of that name',
  tooManyMentions: (most: number) => `A question carries at most ${counted(most, 'mention')}.`,
  tooLong: (over: number) => `${counted(over, 'character')} too long to send.`,
  waitOrStop: 'Wait for the answer, or stop it with Escape.',
  draftSetAside: 'Your draft was set aside: press Up in the empty box to get it back.',

  // The token budget
  budget: 'Tokens of the next question',
  budgetOf: (used: number, available: number, isEstimate: boolean) =>
    `${isEstimate ? '~' : ''}${number.format(used)} / ${number.format(available)}`,
  budgetEstimated: 'Estimated from the length: no model runs that could count.',
  budgetFree: 'left',
  budgetOver: 'over',
  tokenCount: (count: number) => number.format(count),
  willTrim: (messages: number) => `${counted(messages, 'oldest message')} will be left out.`,
  willCut: (labels: readonly string[]) =>
    `Does not fit and will be cut: ${labels.map((label) => (label.startsWith('#') ? label : `#${label}`)).join(', ')}`,

  // The history
  searchConversations: 'Search conversations',
  closeHistory: 'Back to the conversation',
  noConversations: 'No conversations yet.',
  noneFound: 'No conversation contains these words.',
  untitled: 'Untitled',
  messages: (count: number) => counted(count, 'message'),
  currentConversation: 'open now',
  exportConversation: (title: string) => `Export “${title}”`,
  deleteConversation: (title: string) => `Delete “${title}”`,
  deleteQuestion: 'Delete this conversation?',
  deleteYes: 'Delete',
  deleteNo: 'Keep',

  // For screen readers
  answerFinished: 'Answer finished.',
  answerStopped: 'Answer stopped.',
  codeBlock: (language: string) => (language === '' ? 'Code block.' : `Code block, ${language}.`),
} as const;
