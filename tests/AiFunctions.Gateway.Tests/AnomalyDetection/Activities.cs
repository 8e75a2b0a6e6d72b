using AiFunctions.Gateway.AnomalyDetection.Activity;
using AiFunctions.Gateway.AnomalyDetection.Detection;

namespace AiFunctions.Gateway.Tests.AnomalyDetection;

/// <summary>Makes clients' pasts and slices.</summary>
internal static class Activities
{
    /// <summary>When the tests' scans take place: a Thursday at noon.</summary>
    public static readonly DateTimeOffset Now = new(2026, 2, 5, 12, 0, 0, TimeSpan.Zero);

    public static readonly ActivityPeriod Period = ActivityPeriod.At(Now);

    public const double LogBytes = 7;

    /// <summary>The sums of requests that are all alike but for their sizes, which spread a little.</summary>
    public static ActivityCounts Counts(
        long requests, long clientErrors = 0, long serverErrors = 0, long refusals = 0, double logBytes = LogBytes, double spread = 0.5,
        string operation = "ChatCompletions", string model = "gpt", long tokens = 500)
    {
        var counts = new ActivityCounts
        {
            Requests = requests,
            Tokens = requests * tokens,
            ClientErrors = clientErrors,
            ServerErrors = serverErrors,
            Refusals = refusals,
            LogBytes = requests * logBytes,
            SquaredLogBytes = requests * ((logBytes * logBytes) + (spread * spread)),
        };
        counts.Operations.Add(ActivityMix.KeyOf(operation), requests);
        counts.Models.Add(ActivityMix.KeyOf(model), requests);
        return counts;
    }

    /// <summary>The past of a client whose slices of an hour are all as given.</summary>
    /// <param name="slice">The requests of a slice of the hour that begins then.</param>
    /// <param name="hours">For how many hours the client has been there.</param>
    /// <param name="make">Makes a slice of so many requests.</param>
    public static ClientHistory Past(Func<DateTimeOffset, long> slice, int hours = ClientHistory.Hours, Func<long, ActivityCounts>? make = null)
    {
        var history = new ActivityHistory();
        for (var hour = Period.RecentFrom.AddHours(-hours); hour < Period.RecentFrom; hour = hour.AddHours(1))
        {
            var counts = new HourCounts();
            for (var i = 0; i < 12; i++)
            {
                if (slice(hour) is > 0 and var requests)
                {
                    counts.Add((make ?? (n => Counts(n)))(requests));
                }
            }

            history.Append(hour, new Dictionary<string, HourCounts> { ["client"] = counts });
        }

        return history.Of("client", Period.HistoryFrom, Period.RecentFrom, Period.LatelyFrom);
    }

    /// <summary>Work on weekdays from 8 to 18.</summary>
    public static long OfficeHours(DateTimeOffset hour) => hour.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && hour.Hour is >= 8 and < 18 ? 20 : 0;

    /// <summary>The client with a last slice of five minutes before now.</summary>
    public static ClientActivity Client(ClientHistory past, ActivityCounts last, string id = "client", DateTimeOffset? at = null) =>
        new(id, past, [new ActivitySlice(at ?? Now - ActivitySlice.Length, last)]);

    public static List<Finding> Find(params ClientActivity[] clients) => AnomalyDetector.Find(clients, Period, client => new ClientBaseline(client.History));
}
