// The client of every script here, set up as the SDK's documentation shows, and what the scripts print.
import OpenAI from 'openai';

export const client = new OpenAI({
  baseURL: process.env.BASE_URL,
  apiKey: process.env.API_KEY,
  maxRetries: 0,
  timeout: 30_000,
});

export const model = process.env.MODEL ?? 'simulator';
export const messages = [{ role: 'user', content: process.env.CONTENT ?? 'Hello there, how are you?' }];

export const weatherTool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

export function print(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function describe(error) {
  return {
    class: error.constructor.name,
    isApiError: error instanceof OpenAI.APIError,
    status: error.status ?? null,
    code: error.code ?? null,
    type: error.type ?? null,
    param: error.param ?? null,
    requestId: error.requestID ?? null,
    message: error.message,
  };
}
