// A client that tries again by itself, as it does without settings of its own: what refusals come to, and how many requests they take.
import { describe, messages, model, print } from './openai.mjs';

const { default: OpenAI } = await import(process.env.SDK);
let requests = 0;
const client = new OpenAI({
  baseURL: process.env.BASE_URL,
  apiKey: process.env.API_KEY,
  fetch: (...request) => {
    requests++;
    return fetch(...request);
  },
});
const started = performance.now();
const errors = [];
for (let call = 0; call < Number(process.env.CALLS); call++) {
  try {
    await client.chat.completions.create({ model, messages });
  } catch (error) {
    errors.push({ ...describe(error), isRateLimitError: error instanceof OpenAI.RateLimitError });
  }
}

print({ errors, requests, milliseconds: performance.now() - started });
