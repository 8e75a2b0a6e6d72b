import { client, describe, messages, model, print } from './openai.mjs';

try {
  const { data, request_id: requestId } = await client.chat.completions.create({ model, messages }).withResponse();
  print({
    requestId,
    id: data.id,
    object: data.object,
    model: data.model,
    role: data.choices[0].message.role,
    content: data.choices[0].message.content,
    finishReason: data.choices[0].finish_reason,
    totalTokens: data.usage?.total_tokens ?? null,
  });
} catch (error) {
  print({ error: describe(error) });
}
