// A request that the SDK's types would not allow.
import { client, describe, model, print } from './openai.mjs';

try {
  await client.chat.completions.create({ model, messages: 'not a list' });
  print({ error: null });
} catch (error) {
  print({ error: describe(error) });
}
