// PowerInfer's figures. They are quoted, not measured by this bench: PowerInfer does not come as an npm package.

export const QUOTED = {
  source:
    'PowerInfer at commit d3ebd7c5, a file of the same shape and sparsity, 2 threads on a 2-core Xeon of the Sapphire Rapids class (AVX-512 and AMX, read bandwidth 28 to 32 GB/s), medians of interleaved runs in which llama.cpp (node-llama-cpp 3.22.1, AMX) took 161 ms a token',
  llamaDecodeMsPerToken: 161,
  engines: [
    {
      engine: 'PowerInfer sparse',
      decodeMsPerToken: 245,
      prefillTokensPerSecond: { 128: 12.7, 512: 11.5 },
      loadMs: 200,
      residentBytes: 4.4e9,
      bytesPerSecond: 6.4e9,
    },
    {
      engine: 'PowerInfer dense',
      decodeMsPerToken: 540,
      prefillTokensPerSecond: { 128: 5.6, 512: 5.5 },
      loadMs: 200,
      residentBytes: 4.0e9,
      bytesPerSecond: 7.4e9,
    },
  ],
};
