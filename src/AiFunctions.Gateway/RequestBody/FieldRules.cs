using System.Globalization;
using System.Text.Json;
using AiFunctions.Gateway.Errors;

namespace AiFunctions.Gateway.RequestBody;

/// <summary>Checks of single fields, each with an error that names the field by its path. Null and a missing field are one: not given.</summary>
internal static class FieldRules
{
    public static bool TryGet(JsonElement value, string name, out JsonElement field) =>
        value.TryGetProperty(name, out field) && field.ValueKind != JsonValueKind.Null;

    public static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;

    /// <summary>Each of these fields that is given must be of one of these kinds.</summary>
    public static GatewayError? CheckKinds(JsonElement value, string path, string[] names, string rule, params ReadOnlySpan<JsonValueKind> kinds)
    {
        foreach (var name in names)
        {
            if (TryGet(value, name, out var field) && !kinds.Contains(field.ValueKind))
            {
                return GatewayErrors.InvalidField(path + name, rule);
            }
        }

        return null;
    }

    public static GatewayError? CheckTexts(JsonElement value, string path, params string[] names) =>
        CheckKinds(value, path, names, "must be a text", JsonValueKind.String);

    public static GatewayError? CheckObjects(JsonElement value, string path, params string[] names) =>
        CheckKinds(value, path, names, "must be an object", JsonValueKind.Object);

    public static GatewayError? CheckInteger(JsonElement value, string name, long least, long largest) =>
        !TryGet(value, name, out var field)
        || (WholeNumber.TryGet(field, out var number) && number >= least && number <= largest)
            ? null
            : GatewayErrors.InvalidField(name, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {least} to {largest}"));

    /// <summary>A name or an id: a text of <paramref name="least"/> to <paramref name="longest"/> characters.</summary>
    public static GatewayError? CheckName(JsonElement value, string path, string name, int longest, bool isRequired, int least = 1)
    {
        var isGiven = TryGet(value, name, out var field);
        return isGiven ? IsText(field) && field.GetString() is { } text && text.Length >= least && text.Length <= longest ? null : Fail()
            : isRequired ? Fail()
            : null;

        GatewayError Fail() => GatewayErrors.InvalidField(path + name, string.Create(CultureInfo.InvariantCulture, $"must be a text of {least} to {longest} characters"));
    }

    /// <summary>A list, if it is given, of at most so many items, each of which passes a check of its own.</summary>
    public static GatewayError? CheckList(
        JsonElement value, string path, string name, int most, Func<JsonElement, string, GatewayError?> checkItem)
    {
        if (!TryGet(value, name, out var list))
        {
            return null;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            return GatewayErrors.InvalidField(path + name, "must be a list");
        }

        if (list.GetArrayLength() > most)
        {
            return GatewayErrors.InvalidField(path + name, string.Create(CultureInfo.InvariantCulture, $"must have at most {most} items"));
        }

        var i = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (checkItem(item, string.Create(CultureInfo.InvariantCulture, $"{path}{name}[{i}]")) is { } error)
            {
                return error;
            }

            i++;
        }

        return null;
    }

    /// <summary>No field may have a name that some readers would take for one of these and others would not.</summary>
    public static GatewayError? CheckNames(FieldNames names, JsonElement value, string path) =>
        names.FindLookAlike(value) is { } name ? GatewayErrors.InvalidField(path + name, "must be written exactly so, in small letters") : null;
}
