namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>Reads activity from the deployment's own table, and sums up its hours on the way.</summary>
/// <remarks>The past is read once and then kept in memory: some 30 KB for each client. Each hour one instance or another turns slices into an hour.</remarks>
internal sealed class TableActivitySource(ActivityStore store, ActivityWriter writer) : IActivitySource, IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private ActivityHistory _history = new();
    private DateTimeOffset? _cleaned;

    /// <inheritdoc/>
    public async Task<ActivityReading> ReadAsync(ActivityPeriod period, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await writer.FlushAsync(cancellationToken);
            var slices = await store.ReadSlicesAsync(period.Until, cancellationToken);
            await CloseHoursAsync(slices, period, cancellationToken);
            await ReadHistoryAsync(period, cancellationToken);
            await CleanAsync(period, cancellationToken);
            return new ActivityReading(ClientsOf(slices, period), IsComplete: true);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task CloseHoursAsync(
        SortedDictionary<DateTimeOffset, Dictionary<string, ActivityCounts>> slices, ActivityPeriod period, CancellationToken cancellationToken)
    {
        foreach (var hour in slices.Where(slice => slice.Key < period.RecentFrom).GroupBy(slice => ActivitySlice.HourOf(slice.Key)))
        {
            var clients = new Dictionary<string, HourCounts>(StringComparer.Ordinal);
            foreach (var (clientId, counts) in hour.SelectMany(slice => slice.Value))
            {
                if (!clients.TryGetValue(clientId, out var sums))
                {
                    clients.Add(clientId, sums = new HourCounts());
                }

                sums.Add(counts);
            }

            await store.CloseHourAsync(hour.Key, clients, cancellationToken);
        }
    }

    private async Task ReadHistoryAsync(ActivityPeriod period, CancellationToken cancellationToken)
    {
        if (_history.Next > period.RecentFrom)
        {
            _history = new ActivityHistory(); // the clock went back
        }

        var from = _history.Next ?? period.HistoryFrom;
        foreach (var (hour, clients) in await store.ReadHoursAsync(from, period.RecentFrom, cancellationToken))
        {
            _history.Append(hour, clients);
        }
    }

    private async Task CleanAsync(ActivityPeriod period, CancellationToken cancellationToken)
    {
        if (_cleaned != period.RecentFrom)
        {
            await store.DeleteForgottenAsync(period.HistoryFrom.AddDays(-1), cancellationToken);
            _cleaned = period.RecentFrom;
        }
    }

    private List<ClientActivity> ClientsOf(SortedDictionary<DateTimeOffset, Dictionary<string, ActivityCounts>> slices, ActivityPeriod period)
    {
        var recent = new Dictionary<string, List<ActivitySlice>>(StringComparer.Ordinal);
        foreach (var (start, clients) in slices.Where(slice => slice.Key >= period.RecentFrom))
        {
            foreach (var (clientId, counts) in clients)
            {
                if (!recent.TryGetValue(clientId, out var list))
                {
                    recent.Add(clientId, list = []);
                }

                list.Add(new ActivitySlice(start, counts));
            }
        }

        return [.. from client in recent
                   where client.Value[^1].Start >= period.ActiveFrom
                   let history = _history.Of(client.Key, period.HistoryFrom, period.RecentFrom, period.LatelyFrom)
                   select new ClientActivity(client.Key, history, client.Value)];
    }
}
