// The prompt that every engine gets: a fixed sequence of token ids (the MINSTD generator of Park and Miller, 1988).

export function randomIds(length, vocabSize) {
  let state = 42;
  return Int32Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state % vocabSize;
  });
}
