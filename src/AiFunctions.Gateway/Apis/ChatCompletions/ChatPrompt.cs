using System.Text.Json;
using AiFunctions.Gateway.Prompts;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>Tells what a chat completion request brings to the model: every string that may reach it, by who has written it.</summary>
/// <remarks>
/// What a server does with a field that this gateway does not know cannot be known either. So within messages every string counts but
/// those that are known to be structure; outside of them everything is the application's own but for documents and predictions.
/// </remarks>
internal static class ChatPrompt
{
    private static readonly PromptStrings Strings = new(
        structure: ["role", "type", "id", "tool_call_id", "file_id", "detail"], files: ["file_data", "data"], images: ["image_url"], audio: ["input_audio"]);

    /// <summary>Walks over a request.</summary>
    /// <param name="request">A request that <see cref="ChatRequestRules"/> have passed.</param>
    /// <param name="visitor">Is told.</param>
    public static void Read(JsonElement request, IPromptVisitor visitor)
    {
        foreach (var field in request.EnumerateObject())
        {
            if (field.NameEquals("messages"u8))
            {
                foreach (var message in field.Value.EnumerateArray())
                {
                    ReadMessage(message, visitor);
                }
            }
            else if (field.NameEquals("documents"u8))
            {
                Strings.VisitMember(field, TextOrigin.Document, visitor);
            }
            else if (field.NameEquals("prediction"u8))
            {
                Strings.VisitMember(field, TextOrigin.Assistant, visitor);
            }
            else if (SteersOnly(field))
            {
                PromptStrings.VisitSteering(field, visitor);
            }
            else
            {
                Strings.VisitMember(field, TextOrigin.Developer, visitor);
            }
        }
    }

    private static void ReadMessage(JsonElement message, IPromptVisitor visitor)
    {
        var origin = OriginOf(message.GetProperty("role"u8));
        visitor.Visit(new PromptPart(PromptPartKind.Turn, origin, message));
        foreach (var field in message.EnumerateObject())
        {
            if (!field.NameEquals("content"u8))
            {
                Strings.Visit(field, origin, isText: false, visitor);
            }
            else if (field.Value.ValueKind == JsonValueKind.Array)
            {
                foreach (var part in field.Value.EnumerateArray())
                {
                    ReadPart(part, origin, visitor);
                }
            }
            else
            {
                Strings.Visit(field, origin, isText: true, visitor);
            }
        }
    }

    private static void ReadPart(JsonElement part, TextOrigin origin, IPromptVisitor visitor)
    {
        var type = part.GetProperty("type"u8);
        var isDocument = type.ValueEquals("file"u8) || type.ValueEquals("document"u8) || type.ValueEquals("tool_result"u8) || type.ValueEquals("search_result"u8);
        if (isDocument)
        {
            origin = TextOrigin.Document;
        }

        foreach (var field in part.EnumerateObject())
        {
            if (!isDocument && (field.NameEquals("image_url"u8) || field.NameEquals("input_audio"u8)))
            {
                Strings.VisitMedia(field, origin, visitor);
            }
            else
            {
                var isText = isDocument || (field.Value.ValueKind == JsonValueKind.String && (field.NameEquals("text"u8) || field.NameEquals("refusal"u8)));
                Strings.Visit(field, origin, isText, visitor);
            }
        }
    }

    private static TextOrigin OriginOf(JsonElement role) =>
        role.ValueEquals("user"u8) ? TextOrigin.User
        : role.ValueEquals("assistant"u8) ? TextOrigin.Assistant
        : role.ValueEquals("tool"u8) || role.ValueEquals("function"u8) ? TextOrigin.Document
        : role.ValueEquals("system"u8) || role.ValueEquals("developer"u8) ? TextOrigin.Developer
        : TextOrigin.User;

    // These never reach a prompt.
    private static bool SteersOnly(JsonProperty field) =>
        field.NameEquals("model"u8) || field.NameEquals("stream_options"u8) || field.NameEquals("metadata"u8)
        || field.NameEquals("logit_bias"u8) || field.NameEquals("user"u8) || field.NameEquals("stop"u8)
        || field.NameEquals("service_tier"u8) || field.NameEquals("reasoning_effort"u8) || field.NameEquals("verbosity"u8)
        || field.NameEquals("modalities"u8) || field.NameEquals("prompt_cache_key"u8) || field.NameEquals("safety_identifier"u8);
}
