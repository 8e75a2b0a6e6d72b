using System.Text.Json;
using AiFunctions.Gateway.Clients;

namespace AiFunctions.Gateway.Models;

/// <summary>
/// The models that a request names beside its <c>model</c>. Some servers with OpenAI's API take them to fall back on (OpenRouter <c>models</c>, LiteLLM
/// <c>fallbacks</c>), and would serve a client one that it may not use.
/// </summary>
internal static class FallbackModels
{
    private static readonly string[] Fields = ["models", "fallbacks"];

    /// <summary>The field that names a model which the client may not use, or names it in a form that cannot be told; null when there is none.</summary>
    public static string? FindForbidden(JsonElement request, Client client)
    {
        if (client.Models.Count == 0)
        {
            return null;
        }

        foreach (var field in Fields)
        {
            if (request.TryGetProperty(field, out var models) && models.ValueKind != JsonValueKind.Null && !MayUse(models, client))
            {
                return field;
            }
        }

        return null;
    }

    private static bool MayUse(JsonElement models, Client client) =>
        models.ValueKind == JsonValueKind.Array
        && models.EnumerateArray().All(model => model.ValueKind == JsonValueKind.String && client.MayUse(model.GetString()!));
}
