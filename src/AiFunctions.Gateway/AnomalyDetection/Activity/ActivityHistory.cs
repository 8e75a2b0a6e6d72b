namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>The past of all clients, hour by hour, in memory. Not for use by several threads at once.</summary>
internal sealed class ActivityHistory
{
    private const int Days = (ClientHistory.Hours / 24) + 2;
    private readonly Dictionary<string, Rings> _clients = new(StringComparer.Ordinal);

    /// <summary>The hour that is to come next; null when there is none yet.</summary>
    public DateTimeOffset? Next { get; private set; }

    /// <summary>Adds an hour.</summary>
    /// <param name="hour">Its start. Hours that are skipped were without a request.</param>
    /// <param name="clients">The clients that were active in it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The hour is in the past already.</exception>
    public void Append(DateTimeOffset hour, IReadOnlyDictionary<string, HourCounts> clients)
    {
        if (Next is { } next)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(hour, next);
            var from = next > hour.AddHours(-ClientHistory.Hours) ? next : hour.AddHours(-ClientHistory.Hours);
            for (var skipped = from; skipped <= hour; skipped = skipped.AddHours(1))
            {
                Clear(skipped);
            }
        }

        Next = hour.AddHours(1);
        foreach (var (clientId, counts) in clients)
        {
            if (!_clients.TryGetValue(clientId, out var rings))
            {
                _clients.Add(clientId, rings = new Rings());
            }

            rings.Set(hour, counts);
        }

        Forget(hour);
    }

    /// <summary>A client's past until (without) an hour; empty for one that has none.</summary>
    public ClientHistory Of(string clientId, DateTimeOffset from, DateTimeOffset until, DateTimeOffset latelyFrom)
    {
        var length = Math.Clamp((int)(until - from).TotalHours, 0, ClientHistory.Hours);
        var series = new float[ClientHistory.SeriesCount][];
        for (var i = 0; i < series.Length; i++)
        {
            series[i] = new float[length];
        }

        if (!_clients.TryGetValue(clientId, out var rings) || Next is not { } next)
        {
            return new ClientHistory(from, series);
        }

        var known = Math.Min(length, (int)(next - from).TotalHours);
        for (var hour = 0; hour < known; hour++)
        {
            var slot = SlotOf(from.AddHours(hour));
            for (var i = 0; i < series.Length; i++)
            {
                series[i][hour] = rings.Values[i][slot];
            }
        }

        var history = new ClientHistory(from, series);
        foreach (var (day, mixes) in rings.Mixes)
        {
            history.Operations.Add(mixes.Operations);
            history.Models.Add(mixes.Models);
            if (day >= latelyFrom.UtcTicks / TimeSpan.TicksPerDay)
            {
                history.LatelyOperations.Add(mixes.Operations);
                history.LatelyModels.Add(mixes.Models);
            }
        }

        return history;
    }

    private static int SlotOf(DateTimeOffset hour) => (int)(hour.UtcTicks / TimeSpan.TicksPerHour % ClientHistory.Hours);

    private void Clear(DateTimeOffset hour)
    {
        var slot = SlotOf(hour);
        foreach (var rings in _clients.Values)
        {
            foreach (var values in rings.Values)
            {
                values[slot] = 0;
            }
        }
    }

    private void Forget(DateTimeOffset hour)
    {
        if (hour.Hour != 0)
        {
            return;
        }

        var oldest = (hour.UtcTicks / TimeSpan.TicksPerDay) - Days;
        foreach (var (clientId, rings) in _clients)
        {
            while (rings.Mixes.Count > 0 && rings.Mixes.Keys.Min() < oldest)
            {
                rings.Mixes.Remove(rings.Mixes.Keys.Min());
            }

            if (rings.Mixes.Count == 0)
            {
                _clients.Remove(clientId);
            }
        }
    }

    /// <summary>One client: an hour's place is its number modulo the length.</summary>
    private sealed class Rings
    {
        public float[][] Values { get; } = [.. Enumerable.Range(0, ClientHistory.SeriesCount).Select(_ => new float[ClientHistory.Hours])];

        /// <summary>By the number of the day.</summary>
        public Dictionary<long, (ActivityMix Operations, ActivityMix Models)> Mixes { get; } = [];

        public void Set(DateTimeOffset hour, HourCounts counts)
        {
            var slot = SlotOf(hour);
            for (var i = 0; i < Values.Length; i++)
            {
                Values[i][slot] = counts.Values[i];
            }

            var day = hour.UtcTicks / TimeSpan.TicksPerDay;
            if (!Mixes.TryGetValue(day, out var mixes))
            {
                Mixes.Add(day, mixes = (new ActivityMix(), new ActivityMix()));
            }

            mixes.Operations.Add(counts.Operations);
            mixes.Models.Add(counts.Models);
        }
    }
}
