using AiFunctions.Gateway.AnomalyDetection;
using AiFunctions.Gateway.AnomalyDetection.Detection;
using AiFunctions.TestHosts;
using static AiFunctions.Gateway.Tests.AnomalyDetection.Activities;

namespace AiFunctions.Gateway.Tests.AnomalyDetection;

[Collection(AzuriteCollection.Name)]
public class AnomalyStoreTests(AzuriteFixture azurite)
{
    private readonly Stored _stored = new(azurite);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_goes_on_is_one_row_and_what_comes_again_another()
    {
        var store = _stored.Anomalies();
        foreach (var minutes in new[] { 0, 5, 5, 10, 600 })
        {
            await store.AddAsync(AnomalyTests.At(minutes) with { Seen = minutes < 600 ? 10 : 20 }, Cancellation);
        }

        var list = await store.ListAsync(null, null, null, 10, Cancellation);

        Assert.Equal([1, 3], list.Select(anomaly => anomaly.Count));
        Assert.Equal((Now, Now.AddMinutes(15)), (list[1].FirstSeenAt, list[1].LastSeenAt));
        Assert.Equal(AnomalyTests.At(0), list[1].Finding);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b\\c#d?e%\u0001")]
    public async Task Any_client_id_can_be_stored(string id)
    {
        var store = _stored.Anomalies();
        await store.AddAsync(AnomalyTests.At(0, client: id), Cancellation);
        await store.AddAsync(AnomalyTests.At(5, client: id), Cancellation);

        var anomaly = Assert.Single(await store.ListAsync(null, null, null, 10, Cancellation));
        Assert.Equal((id, 2), (anomaly.Finding.ClientId, anomaly.Count));
    }

    [Fact]
    public async Task Two_scans_at_once_make_one_row_of_what_both_find()
    {
        var stores = Enumerable.Range(0, 6).Select(_ => _stored.Anomalies()).ToArray();

        await Task.WhenAll(stores.Select(store => Task.Run(() => store.AddAsync(AnomalyTests.At(0), Cancellation), Cancellation)));
        await Task.WhenAll(stores.Select((store, i) => Task.Run(() => store.AddAsync(AnomalyTests.At(5 * (i + 1)), Cancellation), Cancellation)));

        var anomaly = Assert.Single(await stores[0].ListAsync(null, null, null, 10, Cancellation));
        Assert.Equal(Now.AddMinutes(35), anomaly.LastSeenAt);
        Assert.InRange(anomaly.Count, 2, 7);
    }

    [Fact]
    public async Task What_a_crash_left_half_done_is_done_by_the_next_scan()
    {
        var store = _stored.Anomalies();
        await store.AddAsync(AnomalyTests.At(0), Cancellation);
        var table = _stored.Tables().GetTable("Anomalies");
        Assert.True(await table.DeleteAsync(AnomalyEntity.Partition, (await store.ListAsync(null, null, null, 1, Cancellation))[0].Id, Cancellation)); // as if never written

        var anomaly = await store.AddAsync(AnomalyTests.At(5), Cancellation);

        Assert.True(anomaly.IsDue);
        Assert.Equal(anomaly, Assert.Single(await store.ListAsync(null, null, null, 10, Cancellation)));
    }

    [Fact]
    public async Task A_faint_spike_is_news_unless_something_else_was_seen_of_the_client_of_late()
    {
        var store = _stored.Anomalies();
        Assert.True(await store.IsNewsAsync(Spike(0), Cancellation));

        await store.AddAsync(AnomalyTests.At(0), Cancellation); // of another kind
        await store.AddAsync(Spike(0, client: "client-2"), Cancellation);
        await store.AddAsync(Spike(0, client: "other"), Cancellation);

        Assert.False(await store.IsNewsAsync(Spike(5), Cancellation));
        Assert.True(await store.IsNewsAsync(Spike(5, client: "other"), Cancellation)); // goes on
        Assert.False(await store.IsNewsAsync(Spike(60 * 7, client: "other"), Cancellation));
        Assert.True(await store.IsNewsAsync(Spike(60 * 24 * 28, client: "other"), Cancellation)); // forgotten
        Assert.True(await store.IsNewsAsync(Spike(5) with { Seen = 12 }, Cancellation)); // plain
        Assert.True(await store.IsNewsAsync(Spike(5) with { Severity = AnomalySeverity.High }, Cancellation));
        Assert.True(await store.IsNewsAsync(AnomalyTests.At(5) with { Kind = AnomalyKind.OffHours }, Cancellation));
        Assert.True(await store.IsNewsAsync(Spike(5, client: "clien"), Cancellation));
    }

    [Fact]
    public async Task A_report_is_noted_and_due_again_only_when_it_gets_worse()
    {
        var store = _stored.Anomalies();
        await store.SetReportedAsync(await store.AddAsync(AnomalyTests.At(0), Cancellation), Now.AddHours(1), Cancellation);

        var next = await store.AddAsync(AnomalyTests.At(5), Cancellation);
        Assert.False(next.IsDue);
        Assert.Equal(Now.AddHours(1), next.BlockedUntil);
        Assert.True((await store.AddAsync(AnomalyTests.At(10, AnomalySeverity.High), Cancellation)).IsDue);
    }

    [Fact]
    public async Task Lists_hold_what_touches_the_time_asked_for_a_page_at_a_time()
    {
        var store = _stored.Anomalies();
        for (var day = 0; day < 5; day++)
        {
            await store.AddAsync(AnomalyTests.At(day * 24 * 60, AnomalySeverity.High), Cancellation);
        }

        var all = await store.ListAsync(null, null, null, 10, Cancellation);
        Assert.Equal(Enumerable.Range(0, 5).Select(day => Now.AddDays(4 - day)), all.Select(anomaly => anomaly.FirstSeenAt));

        var some = await store.ListAsync(Now.AddDays(1), Now.AddDays(3), null, 10, Cancellation);
        Assert.Equal([Now.AddDays(2), Now.AddDays(1)], some.Select(anomaly => anomaly.FirstSeenAt));
        Assert.Equal([all[3]], await store.ListAsync(Now.AddDays(1), null, all[2].Id, 1, Cancellation));
        Assert.Equal([all[3]], await store.ListAsync(Now.AddDays(1), Now.AddDays(3), all[2].Id, 10, Cancellation));
    }

    [Fact]
    public async Task What_is_old_is_deleted()
    {
        var store = _stored.Anomalies();
        await store.AddAsync(AnomalyTests.At(0), Cancellation);
        await store.AddAsync(AnomalyTests.At(60 * 24 * 50, client: "other"), Cancellation);
        _stored.Time.Advance(AnomalyStore.Retention + TimeSpan.FromHours(1));

        await store.DeleteForgottenAsync(Cancellation);

        Assert.Equal("other", Assert.Single(await store.ListAsync(null, null, null, 10, Cancellation)).Finding.ClientId);
        Assert.NotNull(await store.AddAsync(AnomalyTests.At(60 * 24 * 91), Cancellation)); // the pointer leads nowhere now
        Assert.Equal(2, (await store.ListAsync(null, null, null, 10, Cancellation)).Count);
    }

    private static Finding Spike(int minutes, string client = "client") => AnomalyTests.At(minutes, client: client, kind: AnomalyKind.VolumeSpike);
}
