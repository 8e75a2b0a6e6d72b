using System.Text.Json;
using AiFunctions.Gateway.Prompts;

namespace AiFunctions.Gateway.Apis.Embeddings;

/// <summary>Tells what a request for embeddings brings to the model: documents, each for itself.</summary>
/// <remarks>Nobody asks the model anything: what is embedded will be found and read later, by a model that was asked.</remarks>
internal static class EmbeddingsPrompt
{
    private static readonly PromptStrings Strings = new(structure: ["type", "id"], files: [], images: ["image", "image_url"], audio: ["input_audio"]);

    /// <summary>Walks over a request.</summary>
    /// <param name="request">A request that <see cref="EmbeddingsRules"/> have passed.</param>
    /// <param name="visitor">Is told.</param>
    public static void Read(JsonElement request, IPromptVisitor visitor)
    {
        foreach (var field in request.EnumerateObject())
        {
            if (field.NameEquals("input"u8))
            {
                ReadInput(field, visitor);
            }
            else if (SteersOnly(field))
            {
                PromptStrings.VisitSteering(field, visitor);
            }
            else
            {
                Strings.VisitMember(field, TextOrigin.Document, visitor);
            }
        }
    }

    private static void ReadInput(JsonProperty field, IPromptVisitor visitor)
    {
        var input = field.Value;
        if (input.ValueKind == JsonValueKind.String || IsNumber(input))
        {
            ReadItem(input, visitor);
            return;
        }

        foreach (var item in input.EnumerateArray())
        {
            ReadItem(item, visitor);
        }
    }

    private static void ReadItem(JsonElement item, IPromptVisitor visitor)
    {
        visitor.Visit(new PromptPart(PromptPartKind.Break, TextOrigin.Document, item));
        switch (item.ValueKind)
        {
            case JsonValueKind.String:
                visitor.Visit(new PromptPart(PromptPartKind.Text, TextOrigin.Document, item));
                break;
            case JsonValueKind.Array:
                visitor.Visit(new PromptPart(PromptPartKind.Tokens, TextOrigin.Document, item));
                break;
            default:
                foreach (var member in item.EnumerateObject())
                {
                    if (member.NameEquals("image"u8) || member.NameEquals("image_url"u8))
                    {
                        Strings.VisitMedia(member, TextOrigin.Document, visitor);
                    }
                    else
                    {
                        Strings.Visit(member, TextOrigin.Document, isText: true, visitor);
                    }
                }

                break;
        }
    }

    private static bool IsNumber(JsonElement input)
    {
        using var items = input.EnumerateArray();
        return items.MoveNext() && items.Current.ValueKind == JsonValueKind.Number;
    }

    // These never reach a model. What others are named is not known; servers have instructions to embed by, for example.
    private static bool SteersOnly(JsonProperty field) =>
        field.NameEquals("model"u8) || field.NameEquals("user"u8) || field.NameEquals("encoding_format"u8) || field.NameEquals("dimensions"u8)
        || field.NameEquals("input_type"u8) || field.NameEquals("truncate"u8);
}
