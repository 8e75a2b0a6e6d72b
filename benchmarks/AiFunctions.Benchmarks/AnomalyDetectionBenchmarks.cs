using AiFunctions.Gateway.AnomalyDetection;
using AiFunctions.Gateway.AnomalyDetection.Activity;
using AiFunctions.Gateway.AnomalyDetection.Detection;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AiFunctions.Benchmarks;

/// <summary>What a request pays to be counted, and what a scan pays for a client.</summary>
[MemoryDiagnoser]
public class AnomalyDetectionBenchmarks
{
    private static readonly DateTimeOffset Now = new(2026, 2, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly ActivityPeriod Period = ActivityPeriod.At(Now);

    private readonly ActivityRecorder _recorder = new(Options.Create(new AnomalyDetectionOptions()), NullLogger<ActivityRecorder>.Instance);
    private readonly RequestActivity _request = new()
    {
        ClientId = "client",
        Time = Now,
        Status = 200,
        Operation = "ChatCompletions",
        Model = "gpt-4o-mini",
        RequestBytes = 1_234,
        Tokens = 567,
    };

    private readonly ClientActivity[] _clients;

    /// <summary>A client with five weeks of past.</summary>
    public AnomalyDetectionBenchmarks()
    {
        var random = new Random(1);
        var history = new ActivityHistory();
        for (var hour = Period.HistoryFrom; hour < Period.RecentFrom; hour = hour.AddHours(1))
        {
            var counts = new HourCounts();
            counts.Add(Counts(random.Next(1, 100)));
            history.Append(hour, new Dictionary<string, HourCounts> { ["client"] = counts });
        }

        var past = history.Of("client", Period.HistoryFrom, Period.RecentFrom, Period.LatelyFrom);
        _clients = [new ClientActivity("client", past, [.. Enumerable.Range(1, 3).Reverse().Select(i => new ActivitySlice(Now - (i * ActivitySlice.Length), Counts(50)))])];
    }

    /// <summary>Counts a request.</summary>
    [Benchmark]
    public void Record() => _recorder.Add(_request);

    /// <summary>Works out what is usual for a client, and compares its last three slices.</summary>
    [Benchmark]
    public int Detect() => AnomalyDetector.Find(_clients, Period, client => new ClientBaseline(client.History)).Count;

    private ActivityCounts Counts(int requests)
    {
        var counts = new ActivityCounts();
        for (var i = 0; i < requests; i++)
        {
            counts.Add(_request);
        }

        return counts;
    }
}
