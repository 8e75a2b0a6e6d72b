using System.Text.Json;

namespace AiFunctions.Gateway.InputGuard.Prompts;

/// <summary>Finds the texts of a chat completion request: every string that may reach the model, by who has written it.</summary>
/// <remarks>
/// What a server does with a field that this gateway does not know cannot be known either. So within messages every string counts but
/// those that are known to be structure; outside of them everything is the application's own but for documents and predictions.
/// </remarks>
internal static class ChatPrompt
{
    /// <inheritdoc cref="PromptReader"/>
    public static void Read(JsonElement request, PromptText text)
    {
        foreach (var field in request.EnumerateObject())
        {
            if (field.NameEquals("messages"u8))
            {
                foreach (var message in field.Value.EnumerateArray())
                {
                    ReadMessage(message, text);
                }
            }
            else if (field.NameEquals("documents"u8))
            {
                JsonStrings.Append(field, text.Of(TextOrigin.Document));
            }
            else if (field.NameEquals("prediction"u8))
            {
                JsonStrings.Append(field, text.Beside(TextOrigin.Assistant));
            }
            else if (!SteersOnly(field))
            {
                JsonStrings.Append(field, text.Beside(TextOrigin.Developer));
            }
        }
    }

    private static void ReadMessage(JsonElement message, PromptText text)
    {
        var origin = OriginOf(message.GetProperty("role"u8));
        if (!text.Judges(origin))
        {
            return;
        }

        foreach (var field in message.EnumerateObject())
        {
            if (!field.NameEquals("content"u8))
            {
                JsonStrings.Append(field, text.Beside(origin));
            }
            else
            {
                MessageContent.Read(field.Value, origin, text);
            }
        }
    }

    private static TextOrigin OriginOf(JsonElement role) =>
        role.ValueEquals("user"u8) ? TextOrigin.User
        : role.ValueEquals("assistant"u8) ? TextOrigin.Assistant
        : role.ValueEquals("tool"u8) || role.ValueEquals("function"u8) ? TextOrigin.Document
        : role.ValueEquals("system"u8) || role.ValueEquals("developer"u8) ? TextOrigin.Developer
        : TextOrigin.User;

    // As in the weighing of prompts: these never reach one.
    private static bool SteersOnly(JsonProperty field) =>
        field.NameEquals("model"u8) || field.NameEquals("stream_options"u8) || field.NameEquals("metadata"u8)
        || field.NameEquals("logit_bias"u8) || field.NameEquals("user"u8) || field.NameEquals("stop"u8)
        || field.NameEquals("service_tier"u8) || field.NameEquals("reasoning_effort"u8) || field.NameEquals("verbosity"u8)
        || field.NameEquals("modalities"u8) || field.NameEquals("prompt_cache_key"u8) || field.NameEquals("safety_identifier"u8);
}
