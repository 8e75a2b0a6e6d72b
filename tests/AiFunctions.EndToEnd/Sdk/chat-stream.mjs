// Prints every piece of text as it comes, and at the end all of it with the error that ended it, if any.
import { client, describe, messages, model, print } from './openai.mjs';

const pieces = [];
let finishReason = null;
let error = null;
try {
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of stream) {
    const text = chunk.choices[0]?.delta?.content;
    if (text) {
      pieces.push(text);
      print({ piece: text });
    }

    finishReason = chunk.choices[0]?.finish_reason ?? finishReason;
  }
} catch (caught) {
  error = describe(caught);
}

print({ pieces, content: pieces.join(''), finishReason, error });
