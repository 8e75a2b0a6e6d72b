using AiFunctions.Gateway.AnomalyDetection;
using AiFunctions.Gateway.AnomalyDetection.Activity;
using AiFunctions.Gateway.AnomalyDetection.Detection;
using AiFunctions.Gateway.Blocks;
using AiFunctions.Gateway.Tests.Logging;
using AiFunctions.TestHosts;
using Microsoft.Extensions.Logging;
using static AiFunctions.Gateway.Tests.AnomalyDetection.Activities;

namespace AiFunctions.Gateway.Tests.AnomalyDetection;

[Collection(AzuriteCollection.Name)]
public class AnomalyScanTests(AzuriteFixture azurite)
{
    private static readonly ClientHistory Steady = Past(_ => 20);
    private readonly Stored _stored = new(azurite);
    private readonly Reading _reading = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_finding_is_stored_and_logged_once_with_a_name_that_a_rule_can_match()
    {
        var log = new RecordingLogger<AnomalyScan>();
        var scan = _stored.Scan(_reading, _stored.Blocks(), log);
        _reading.Clients = [Client(Steady, Counts(2_000))];

        var first = await scan.RunAsync(Cancellation);
        var second = await scan.RunAsync(Cancellation);

        Assert.Equal(new AnomalyScanReport(Now, 1, true, 1, 1, 0), first);
        Assert.Equal(new AnomalyScanReport(Now, 1, true, 1, 0, 0), second);
        Assert.Equal([(LogLevel.Warning, "AnomalyFound")], log.Entries.Select(entry => (entry.Level, entry.Event)));
        var anomaly = Assert.Single(await _stored.Anomalies().ListAsync(null, null, null, 10, Cancellation));
        Assert.Equal((1, AnomalyKind.VolumeSpike, (DateTimeOffset?)null), (anomaly.Count, anomaly.Finding.Kind, anomaly.BlockedUntil));
    }

    [Fact]
    public async Task A_scan_that_dies_before_it_reports_leaves_that_to_the_next_one()
    {
        _reading.Clients = [Client(Steady, Counts(2_000))];
        await _stored.Anomalies().AddAsync(Find([.. _reading.Clients])[0], Cancellation); // as far as it came
        var log = new RecordingLogger<AnomalyScan>();

        Assert.Equal(1, (await _stored.Scan(_reading, _stored.Blocks(), log).RunAsync(Cancellation)).Reported);
        Assert.Equal([(LogLevel.Warning, "AnomalyFound")], log.Entries.Select(entry => (entry.Level, entry.Event)));
    }

    [Fact]
    public async Task High_severity_blocks_if_the_settings_say_so()
    {
        _stored.Options.AutoBlock = true;
        var blocks = _stored.Blocks();
        _reading.Clients = [Client(Steady, Counts(2_000), "wild"), Client(Steady, Counts(40, refusals: 15), "odd")];

        var report = await _stored.Scan(_reading, blocks).RunAsync(Cancellation);

        Assert.Equal((2, 1), (report.Reported, report.Blocked));
        var block = Assert.Single(await blocks.Store.ListAsync(null, 10, Cancellation));
        Assert.Equal(("wild", Now.AddHours(1), "anomaly VolumeSpike"), (block.Subject.ClientId, block.ExpiresAt, block.Reason));
        Assert.NotNull(blocks.List.Find(BlockSubject.OfClient("wild")));
    }

    [Fact]
    public async Task A_block_that_is_lifted_stays_lifted_until_it_would_have_ended()
    {
        _stored.Options.AutoBlock = true;
        var blocks = _stored.Blocks();
        var scan = _stored.Scan(_reading, blocks);
        _reading.Clients = [Client(Steady, Counts(2_000), "wild")];
        await scan.RunAsync(Cancellation);
        await blocks.Store.DeleteAsync(BlockSubject.OfClient("wild"), Cancellation);
        blocks.List.Remove(BlockSubject.OfClient("wild"));

        foreach (var (minutes, blocked) in new[] { (5, 0), (50, 0), (70, 1) })
        {
            _stored.Time.SetUtcNow(Now.AddMinutes(minutes));
            _reading.Clients = [Client(Steady, Counts(2_000), "wild", Now.AddMinutes(minutes - 5))];
            Assert.Equal(blocked, (await scan.RunAsync(Cancellation)).Blocked);
        }
    }

    [Fact]
    public async Task A_part_of_the_activity_blocks_nobody()
    {
        _stored.Options.AutoBlock = true;
        _reading.Clients = [Client(Steady, Counts(2_000))];
        _reading.IsComplete = false;

        var report = await _stored.Scan(_reading, _stored.Blocks()).RunAsync(Cancellation);

        Assert.Equal((false, 1, 0), (report.IsComplete, report.Reported, report.Blocked));
    }

    [Fact]
    public async Task Who_is_nobody_known_is_reported_and_not_blocked()
    {
        _stored.Options.AutoBlock = true;
        _reading.Clients = [Client(Steady, Counts(2_000), "")];

        Assert.Equal((1, 0), await _stored.Scan(_reading, _stored.Blocks()).RunAsync(Cancellation) is var report ? (report.Reported, report.Blocked) : default);
    }

    [Fact]
    public async Task Two_scans_at_once_are_fine()
    {
        _reading.Clients = [.. Enumerable.Range(0, 5).Select(i => Client(Steady, Counts(2_000), $"c{i}"))];

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => _stored.Scan(_reading, _stored.Blocks()).RunAsync(Cancellation), Cancellation)));

        Assert.Equal(5, (await _stored.Anomalies().ListAsync(null, null, null, 50, Cancellation)).Count);
    }

    private sealed class Reading : IActivitySource
    {
        public IReadOnlyList<ClientActivity> Clients { get; set; } = [];

        public bool IsComplete { get; set; } = true;

        public Task<ActivityReading> ReadAsync(ActivityPeriod period, CancellationToken cancellationToken) => Task.FromResult(new ActivityReading(Clients, IsComplete));
    }
}
