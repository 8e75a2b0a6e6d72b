import { client, describe, model, print } from './openai.mjs';

try {
  const input = JSON.parse(process.env.INPUT ?? '["one text","another text"]');
  const encoding = process.env.ENCODING ? { encoding_format: process.env.ENCODING } : {};
  const { data, usage } = await client.embeddings.create({ model, input, ...encoding });
  print({
    count: data.length,
    indexes: data.map(each => each.index),
    dimensions: Array.isArray(data[0].embedding) ? data[0].embedding.length : null,
    text: typeof data[0].embedding === 'string' ? data[0].embedding : null,
    first: Array.isArray(data[0].embedding) ? data[0].embedding.slice(0, 4) : null,
    totalTokens: usage.total_tokens,
  });
} catch (error) {
  print({ error: describe(error) });
}
