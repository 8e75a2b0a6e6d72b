using System.Globalization;
using System.Security.Cryptography;

namespace AiFunctions.Gateway.AnomalyDetection;

/// <summary>The form of anomalies' ids: 16 hexadecimal digits that fall with time, and 16 by chance. In the order of their ids the newest is first.</summary>
internal static class AnomalyId
{
    public static string New(DateTimeOffset firstSeen) => Bound(firstSeen) + RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>What all ids of that time begin with: those of earlier times come after it, those of later ones before.</summary>
    public static string Bound(DateTimeOffset time) => (DateTime.MaxValue.Ticks - time.UtcTicks).ToString("x16", CultureInfo.InvariantCulture);
}
