using System.Text.Json;

namespace AiFunctions.Gateway.RequestBody;

/// <summary>Reads whole numbers however they are written: to JSON, <c>100</c>, <c>100.0</c> and <c>1e2</c> are one, and some writers know no other than the second.</summary>
internal static class WholeNumber
{
    /// <summary>Reads a value, of whatever kind.</summary>
    public static bool TryGet(JsonElement value, out long number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number
            && (value.TryGetInt64(out number) || (value.TryGetDecimal(out var written) && TryGet(written, out number)));
    }

    /// <summary>Reads the number that a reader is at.</summary>
    public static bool TryGet(ref Utf8JsonReader reader, out long number) =>
        reader.TryGetInt64(out number) || (reader.TryGetDecimal(out var written) && TryGet(written, out number));

    private static bool TryGet(decimal written, out long number)
    {
        var isWhole = written is >= long.MinValue and <= long.MaxValue && decimal.Truncate(written) == written;
        number = isWhole ? (long)written : 0;
        return isWhole;
    }
}
