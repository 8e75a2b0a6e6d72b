using System.Buffers;
using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AiFunctions.Gateway.RequestBody;

/// <summary>
/// The field names of an object that the gateway judges. Some readers match names whatever their case (Go's <c>encoding/json</c> does, and
/// takes U+017F for s and U+212A for k), so that <c>"Model"</c> could put another model in place of the one that was judged.
/// </summary>
internal sealed class FieldNames(params string[] names)
{
    private static readonly SearchValues<byte> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-"u8);

    // As many bytes as a character can have in JSON.
    private const int BytesPerCharacter = 6;

    private readonly int _longest = names.Max(name => name.Length) * BytesPerCharacter;
    private readonly FrozenSet<string> _exact = names.ToFrozenSet(StringComparer.Ordinal);
    private readonly FrozenDictionary<string, string> _folded = names.ToFrozenDictionary(name => name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds a field whose name some readers would take for one of these and others would not.</summary>
    /// <returns>The name that it could be taken for; null when there is no such field.</returns>
    public string? FindLookAlike(JsonElement value)
    {
        foreach (var field in value.EnumerateObject())
        {
            // Nearly every name is in small letters and so can be no look-alike.
            var raw = JsonMarshal.GetRawUtf8PropertyName(field);
            if (raw.ContainsAnyExcept(Plain)
                && raw.Length <= _longest
                && _folded.TryGetValue(field.Name.Replace('\u017f', 's').Replace('\u212a', 'k'), out var name)
                && !_exact.Contains(field.Name))
            {
                return name;
            }
        }

        return null;
    }
}
