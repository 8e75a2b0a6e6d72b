using AiFunctions.Gateway.AnomalyDetection.Activity;
using AiFunctions.TestHosts;
using Azure.Data.Tables;
using static AiFunctions.Gateway.Tests.AnomalyDetection.Activities;

namespace AiFunctions.Gateway.Tests.AnomalyDetection;

[Collection(AzuriteCollection.Name)]
public class TableActivitySourceTests(AzuriteFixture azurite)
{
    private readonly Stored _stored = new(azurite);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_instances_record_is_read_as_slices_of_all()
    {
        var (one, other) = (_stored.Instance(), _stored.Instance());
        Record(one.Recorder, Now.AddMinutes(-3), 2);
        await one.Writer.FlushAsync(Cancellation);
        Record(other.Recorder, Now.AddMinutes(-2), 3);
        await other.Writer.FlushAsync(Cancellation);
        Record(one.Recorder, Now.AddMinutes(-1), 4); // not stored yet: its own source stores it first

        var client = Assert.Single((await one.Source.ReadAsync(Period, Cancellation)).Clients);

        Assert.Equal(("client", 0), (client.ClientId, client.History.KnownHours));
        var slice = Assert.Single(client.Recent);
        Assert.Equal((Now.AddMinutes(-5), 9L), (slice.Start, slice.Counts.Requests));
    }

    [Fact]
    public async Task Hours_become_the_past_for_all_instances_and_after_a_restart()
    {
        var (recorder, writer, source) = _stored.Instance();
        var start = Now.AddHours(-30);
        for (var hour = 0; hour < 30; hour++)
        {
            Record(recorder, start.AddHours(hour), hour + 1);
            Record(recorder, start.AddHours(hour).AddMinutes(30), 1);
            await writer.FlushAsync(Cancellation);
            var now = start.AddHours(hour + 1);
            _stored.Time.SetUtcNow(Max(now, _stored.Time.GetUtcNow()));
            if (hour % 7 == 0)
            {
                await source.ReadAsync(ActivityPeriod.At(now), Cancellation);
            }
        }

        Record(recorder, Now.AddMinutes(-1), 1);
        await writer.FlushAsync(Cancellation);

        foreach (var reader in new[] { source, _stored.Instance().Source })
        {
            var history = Assert.Single((await reader.ReadAsync(Period, Cancellation)).Clients).History;
            Assert.Equal(29, history.KnownHours); // the last hour is still in slices
            Assert.Equal(Enumerable.Range(2, 29), history[ActivitySeries.Requests][^29..].ToArray().Select(value => (int)value));
            Assert.Equal(Enumerable.Range(1, 29), history[ActivitySeries.PeakRequests][^29..].ToArray().Select(value => (int)value));
            Assert.Equal(1, history.Models.ShareOf(ActivityMix.KeyOf("gpt")));
        }
    }

    [Fact]
    public async Task Instances_that_sum_up_an_hour_at_once_count_it_once()
    {
        var writing = _stored.Instance();
        Record(writing.Recorder, Period.RecentFrom.AddHours(-3), 10);
        Record(writing.Recorder, Now.AddMinutes(-1), 1);
        await writing.Writer.FlushAsync(Cancellation);

        var readings = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => _stored.Instance().Source.ReadAsync(Period, Cancellation), Cancellation)));

        Assert.Equal(10, Assert.Single((await _stored.Instance().Source.ReadAsync(Period, Cancellation)).Clients).History[ActivitySeries.Requests][^3]);
        Assert.All(readings, reading => Assert.Equal("client", Assert.Single(reading.Clients).ClientId));
    }

    [Fact]
    public async Task A_slice_that_comes_when_its_hour_is_summed_up_is_left_out()
    {
        var one = _stored.Instance();
        Record(one.Recorder, Period.RecentFrom.AddHours(-3), 10);
        await one.Source.ReadAsync(Period, Cancellation);
        var late = _stored.Instance();
        Record(late.Recorder, Period.RecentFrom.AddHours(-3), 7);
        Record(late.Recorder, Now.AddMinutes(-1), 1);

        Assert.Equal(10, Assert.Single((await late.Source.ReadAsync(Period, Cancellation)).Clients).History[ActivitySeries.Requests][^3]);
        Assert.Equal(10, Assert.Single((await one.Source.ReadAsync(Period, Cancellation)).Clients).History[ActivitySeries.Requests][^3]);
    }

    [Fact]
    public async Task Requests_that_end_when_their_slice_is_stored_and_forgotten_are_added_to_it()
    {
        var (recorder, writer, source) = _stored.Instance();
        foreach (var (minute, requests) in new[] { (1, 500), (11, 1), (12, 1), (13, 2) })
        {
            _stored.Time.SetUtcNow(Now.AddMinutes(minute));
            Record(recorder, Now, requests);
            await writer.FlushAsync(Cancellation);
        }

        var client = Assert.Single((await source.ReadAsync(ActivityPeriod.At(Now.AddMinutes(14)), Cancellation)).Clients);
        var slice = Assert.Single(client.Recent);
        Assert.Equal((Now, 504L), (slice.Start, slice.Counts.Requests));
    }

    [Fact]
    public async Task Old_hours_and_slices_that_are_summed_up_are_deleted()
    {
        var (recorder, _, source) = _stored.Instance();
        Record(recorder, Now.AddDays(-40), 1);
        await source.ReadAsync(ActivityPeriod.At(Now.AddDays(-40).AddHours(3)), Cancellation);
        Record(recorder, Now.AddHours(-3), 1);
        await source.ReadAsync(Period, Cancellation);

        var rows = await _stored.Tables().GetTable("Activity").QueryAsync<TableEntity>(null, 100, Cancellation);

        Assert.All(rows, row => Assert.Equal("h-20260205", row.PartitionKey));
        Assert.Equal(2, rows.Count);
    }

    private static void Record(ActivityRecorder recorder, DateTimeOffset time, int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            recorder.Add(new RequestActivity { ClientId = "client", Time = time, Status = 200, Model = "gpt", Operation = "ChatCompletions", RequestBytes = 100 });
        }
    }

    private static DateTimeOffset Max(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
