using System.Globalization;
using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.KeyRotation.Use;

/// <summary>The last day on which a key was used: partition key = client id, row key = key id.</summary>
/// <remarks>Not in the key's own row: a write there would be in the way of those that matter.</remarks>
internal sealed class KeyUseEntity : StoredEntity
{
    public const string DayFormat = "yyyy-MM-dd";

    public string LastUsedOn { get; set; } = "";

    public static string Format(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);
}
