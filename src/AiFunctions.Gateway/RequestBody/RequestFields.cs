using System.Globalization;
using System.Text.Json;
using AiFunctions.Gateway.Errors;

namespace AiFunctions.Gateway.RequestBody;

/// <summary>Reads typed fields of a management request, with errors that name the field.</summary>
internal static class RequestFields
{
    /// <summary>The largest integer that every JSON reader agrees on: 2⁵³ − 1.</summary>
    public const long LargestInteger = 9_007_199_254_740_991;

    private const int LongestEcho = 64;

    /// <summary>A text of 1 character or more, without control characters.</summary>
    public static string Text(JsonElement value, string param, int longest)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : null;
        return text is not null && text.Length <= longest && !string.IsNullOrWhiteSpace(text) && !text.Any(char.IsControl)
            ? text
            : throw Invalid(param, $"must be a text of 1 to {longest} characters");
    }

    /// <summary>A list of different texts; null is the empty list.</summary>
    public static IReadOnlyList<string> Texts(JsonElement value, string param, int most, int longest)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= most
            ? [.. value.EnumerateArray().Select((item, i) => Text(item, string.Create(CultureInfo.InvariantCulture, $"{param}[{i}]"), longest)).Distinct()]
            : throw Invalid(param, $"must be a list of at most {most} texts");
    }

    /// <summary>A whole number in a range; null is null.</summary>
    public static long? Integer(JsonElement value, string param, long least, long largest)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return WholeNumber.TryGet(value, out var number) && number >= least && number <= largest
            ? number
            : throw Invalid(param, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {least} to {largest}"));
    }

    public static GatewayException Invalid(string param, string rule) => new(GatewayErrors.InvalidField(param, rule));

    /// <summary>For a field that the operation does not know. Its name is repeated only as far as it could be a misspelt one of ours.</summary>
    public static GatewayException Unknown(string param) => Invalid(
        param.Length <= LongestEcho && param.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.') ? param : "(unknown)",
        "is not a field of this operation");
}
