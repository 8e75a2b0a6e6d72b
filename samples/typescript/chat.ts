import OpenAI from 'openai';

const gateway = process.env.AIF_URL ?? 'http://localhost:7071';
const model = process.env.AIF_MODEL ?? 'simulator';
const question = process.argv.slice(2).join(' ') || 'Hello!';

const client = new OpenAI({ baseURL: new URL('/v1', gateway).href, apiKey: process.env.AIF_KEY });
try {
  const stream = await client.chat.completions.create({ model, messages: [{ role: 'user', content: question }], stream: true });
  for await (const chunk of stream) {
    process.stdout.write(chunk.choices[0]?.delta.content ?? '');
  }

  console.log();
} catch (error) {
  if (!(error instanceof OpenAI.APIError)) throw error;
  console.error(`${error.message} (request ${error.requestID})`);
  process.exitCode = 1;
}
