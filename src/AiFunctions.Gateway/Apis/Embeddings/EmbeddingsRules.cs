using System.Globalization;
using System.Text.Json;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.RequestBody;
using static AiFunctions.Gateway.RequestBody.FieldRules;

namespace AiFunctions.Gateway.Apis.Embeddings;

/// <summary>Checks a request for embeddings. Fields that it does not know pass.</summary>
internal static class EmbeddingsRules
{
    /// <summary>How many inputs there may be, as many as OpenAI takes.</summary>
    public const int MostInputs = 2048;

    private const int LongestName = 256;
    private const string Inputs = "must be a text, a list of texts, a list of tokens or a list of lists of tokens";

    private static readonly FieldNames RequestNames = new("model", "input", "dimensions", "encoding_format", "user");

    /// <summary>Finds the first field that is missing or not what it must be.</summary>
    /// <returns>The error that names it; null when all is well.</returns>
    public static GatewayError? Check(JsonElement request) =>
        CheckNames(RequestNames, request, "")
        ?? CheckName(request, "", "model", LongestName, isRequired: true)
        ?? CheckInput(request)
        ?? CheckInteger(request, "dimensions", 1, int.MaxValue)
        ?? CheckTexts(request, "", "encoding_format", "user")
        ?? (request.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True
            ? GatewayErrors.InvalidField("stream", "must be left out; embeddings are not streamed")
            : null);

    private static GatewayError? CheckInput(JsonElement request)
    {
        if (!TryGet(request, "input", out var input) || input.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
        {
            return GatewayErrors.InvalidField("input", Inputs);
        }

        if (input.ValueKind == JsonValueKind.String)
        {
            return null;
        }

        // A list of numbers is one input, however long it is.
        if (IsTokens(input))
        {
            return null;
        }

        if (input.GetArrayLength() is 0 or > MostInputs)
        {
            return GatewayErrors.InvalidField("input", string.Create(CultureInfo.InvariantCulture, $"must have 1 to {MostInputs} items"));
        }

        var i = 0;
        foreach (var item in input.EnumerateArray())
        {
            // An object is an image with its text, for servers that embed such.
            if (item.ValueKind is not (JsonValueKind.String or JsonValueKind.Object) && !IsTokens(item))
            {
                return GatewayErrors.InvalidField(string.Create(CultureInfo.InvariantCulture, $"input[{i}]"), "must be a text or a list of tokens");
            }

            i++;
        }

        return null;
    }

    private static bool IsTokens(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
        {
            return false;
        }

        foreach (var token in value.EnumerateArray())
        {
            if (token.ValueKind != JsonValueKind.Number || !token.TryGetInt32(out var number) || number < 0)
            {
                return false;
            }
        }

        return true;
    }
}
