using System.Globalization;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Usage;

namespace AiFunctions.Gateway.Management;

/// <summary>What a client used on a day.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Client">The client's id, or <see cref="UsageEntity.Anonymous"/>.</param>
/// <param name="Counts">What it used.</param>
internal sealed record UsageDay(DateOnly Day, string Client, UsageCounts Counts)
{
    private const int DayLength = 8;

    /// <summary>Where it stands in a list: <c>yyyyMMdd-client</c>.</summary>
    public string Position => $"{UsageEntity.PartitionOf(Day)}-{Client}";

    /// <summary>Reads a <see cref="Position"/>; false for any other text.</summary>
    public static bool TryParse(string? position, out DateOnly day, out string client)
    {
        day = default;
        client = "";
        if (position is not { Length: > DayLength + 1 } || position[DayLength] != '-'
            || !DateOnly.TryParseExact(position.AsSpan(0, DayLength), UsageEntity.DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out day))
        {
            return false;
        }

        client = position[(DayLength + 1)..];
        return client == UsageEntity.Anonymous || ClientId.IsWellFormed(client);
    }
}
