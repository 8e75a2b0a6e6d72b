using System.Text.Json;

namespace AiFunctions.Gateway.InputGuard.Prompts;

/// <summary>Finds the texts in a request that reach the model. All that an operation has to supply to be guarded.</summary>
/// <param name="request">The request, which the operation's own rules have passed.</param>
/// <param name="text">Gets the texts, in their order.</param>
internal delegate void PromptReader(JsonElement request, PromptText text);
