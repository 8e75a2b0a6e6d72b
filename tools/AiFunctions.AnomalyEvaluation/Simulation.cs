using AiFunctions.AnomalyEvaluation.Traffic;
using AiFunctions.Gateway.AnomalyDetection.Activity;
using AiFunctions.Gateway.AnomalyDetection.Detection;

namespace AiFunctions.AnomalyEvaluation;

/// <summary>Runs the product's own detectors over simulated weeks, with a scan after each slice, from a cold start.</summary>
internal sealed class Simulation(int seed, int clientCount, int weeks, int attackCount)
{
    private static readonly DateTimeOffset Epoch = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero); // a Monday
    private static readonly ClientKind[] Kinds =
    [
        ClientKind.Office, ClientKind.Office, ClientKind.Office, ClientKind.Office, ClientKind.Office, ClientKind.Consumer, ClientKind.Consumer,
        ClientKind.Batch, ClientKind.Steady, ClientKind.Bursty, ClientKind.Idle,
    ];

    /// <summary>Runs it.</summary>
    public SimulationResult Run()
    {
        var dice = new Dice(seed);
        var world = new World(weeks, dice);
        var clients = Enumerable.Range(0, clientCount).Select(i => new SimulatedClient(i, Kinds[i % Kinds.Length], world, (seed * 10_007) + i)).ToList();
        var attacks = AttackPlan.Make(clients, world, attackCount, dice);
        var attackOf = attacks.ToDictionary(attack => attack.ClientId);
        var result = new SimulationResult(seed, clients, attacks);
        var history = new ActivityHistory();
        var recent = clients.Select(_ => new List<ActivitySlice>()).ToList();
        var pasts = new (ClientHistory History, ClientBaseline Baseline)?[clientCount];
        DateTimeOffset? pastsFrom = null;

        for (var slice = 0; slice < world.Slices; slice++)
        {
            var start = Epoch + (slice * ActivitySlice.Length);
            for (var i = 0; i < clientCount; i++)
            {
                var counts = new ActivityCounts();
                clients[i].Fill(slice, counts);
                attackOf.GetValueOrDefault(clients[i].Id)?.Fill(slice, counts);
                if (counts.Requests > 0)
                {
                    recent[i].Add(new ActivitySlice(start, counts));
                }
            }

            var period = ActivityPeriod.At(start + ActivitySlice.Length);
            if (pastsFrom != period.RecentFrom)
            {
                MoveToHistory(clients, recent, history, period.RecentFrom);
                Array.Clear(pasts);
                pastsFrom = period.RecentFrom;
            }

            var active = new List<ClientActivity>();
            for (var i = 0; i < clientCount; i++)
            {
                if (recent[i].Count == 0 || recent[i][^1].Start < period.ActiveFrom)
                {
                    continue;
                }

                if (pasts[i] is null)
                {
                    var past = history.Of(clients[i].Id, period.HistoryFrom, period.RecentFrom, period.LatelyFrom);
                    pasts[i] = (past, new ClientBaseline(past));
                }

                active.Add(new ClientActivity(clients[i].Id, pasts[i]!.Value.History, recent[i]));
            }

            var findings = AnomalyDetector.Find(
                active, period,
                client => pasts[int.Parse(client.ClientId.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)]!.Value.Baseline);
            result.Add(slice, findings, attackOf, Epoch);
        }

        return result;
    }

    private static void MoveToHistory(List<SimulatedClient> clients, List<List<ActivitySlice>> recent, ActivityHistory history, DateTimeOffset until)
    {
        var hours = new SortedDictionary<DateTimeOffset, Dictionary<string, HourCounts>>();
        for (var i = 0; i < clients.Count; i++)
        {
            foreach (var slice in recent[i].Where(slice => slice.Start < until))
            {
                var hour = ActivitySlice.HourOf(slice.Start);
                if (!hours.TryGetValue(hour, out var byClient))
                {
                    hours.Add(hour, byClient = []);
                }

                if (!byClient.TryGetValue(clients[i].Id, out var counts))
                {
                    byClient.Add(clients[i].Id, counts = new HourCounts());
                }

                counts.Add(slice.Counts);
            }

            recent[i].RemoveAll(slice => slice.Start < until);
        }

        foreach (var (hour, byClient) in hours)
        {
            history.Append(hour, byClient);
        }
    }
}
