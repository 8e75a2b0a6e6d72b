using System.Globalization;
using AiFunctions.Gateway.AnomalyDetection.Activity;

namespace AiFunctions.Gateway.AnomalyDetection.LogAnalytics;

/// <summary>The query of a scan: the file <c>ClientActivity.kql</c>, with its times before it.</summary>
internal static class ActivityQuery
{
    private static readonly string Text = Read();

    public static string For(ActivityPeriod period) => string.Concat(
        Let("historyFrom", period.HistoryFrom),
        Let("latelyFrom", period.LatelyFrom),
        Let("recentFrom", period.RecentFrom),
        Let("activeFrom", period.ActiveFrom),
        Let("until", period.Until)) + Text;

    /// <summary>The same period for the request's <c>timespan</c>, which limits what the service looks at.</summary>
    public static string Timespan(ActivityPeriod period) => $"{Iso(period.HistoryFrom)}/{Iso(period.Until)}";

    private static string Let(string name, DateTimeOffset time) => $"let {name} = datetime({Iso(time)});\n";

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);

    private static string Read()
    {
        using var stream = typeof(ActivityQuery).Assembly.GetManifestResourceStream("AiFunctions.Gateway.AnomalyDetection.ClientActivity.kql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
