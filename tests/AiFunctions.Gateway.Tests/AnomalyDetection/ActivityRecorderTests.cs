using AiFunctions.Gateway.AnomalyDetection;
using AiFunctions.Gateway.AnomalyDetection.Activity;
using AiFunctions.Gateway.Tests.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.AnomalyDetection;

public class ActivityRecorderTests
{
    private static readonly DateTimeOffset Start = Activities.Now;
    private readonly ActivityRecorder _recorder = New(new AnomalyDetectionOptions());

    [Fact]
    public void Requests_are_summed_up_by_client_and_slice()
    {
        _recorder.Add(Request("a", Start, 200));
        _recorder.Add(Request("a", Start.AddMinutes(4.9), 400));
        _recorder.Add(Request("a", Start.AddMinutes(5), 200));
        _recorder.Add(Request(null, Start, 401));

        var slices = Read();

        Assert.Equal([Start, Start.AddMinutes(5)], slices.Keys);
        Assert.Equal((2, 1), (slices[Start]["a"].Requests, slices[Start]["a"].ClientErrors));
        Assert.Equal(1, slices[Start][""].Refusals);
    }

    [Theory]
    [InlineData(200, null, false, 0, 0, 0)]
    [InlineData(200, null, true, 0, 0, 1)]
    [InlineData(400, "prompt_rejected", true, 0, 0, 1)]
    [InlineData(400, "invalid_request", false, 1, 0, 0)]
    [InlineData(401, "invalid_api_key", false, 0, 0, 1)]
    [InlineData(403, "insufficient_scope", false, 0, 0, 1)]
    [InlineData(403, "temporarily_blocked", false, 0, 0, 0)]
    [InlineData(404, "model_not_found", false, 0, 0, 1)]
    [InlineData(413, "request_too_large", false, 1, 0, 0)]
    [InlineData(429, "requests_per_minute", false, 0, 0, 0)]
    [InlineData(502, "upstream_error", false, 0, 1, 0)]
    public void A_status_counts_once(int status, string? code, bool isGuardHit, int clientErrors, int serverErrors, int refusals)
    {
        _recorder.Add(Request("a", Start, status) with { ErrorCode = code, IsGuardHit = isGuardHit });

        var counts = Read()[Start]["a"];
        Assert.Equal((clientErrors, serverErrors, refusals), ((int)counts.ClientErrors, (int)counts.ServerErrors, (int)counts.Refusals));
    }

    [Fact]
    public void What_is_stored_is_taken_again_only_when_it_has_changed_and_then_whole()
    {
        _recorder.Add(Request("a", Start, 200));
        var first = Assert.Single(_recorder.TakeUnstored());
        _recorder.Add(Request("b", Start, 200));
        _recorder.SetStored(first);
        var second = Assert.Single(_recorder.TakeUnstored());
        _recorder.SetStored(second);

        Assert.Empty(_recorder.TakeUnstored());
        _recorder.Add(Request("a", Start, 200));
        Assert.Equal((2, 1), (Read()[Start]["a"].Requests, Read()[Start]["b"].Requests));
    }

    [Fact]
    public void Without_storage_the_oldest_slices_are_dropped()
    {
        for (var i = 0; i < ActivityRecorder.MostSlices + 5; i++)
        {
            _recorder.Add(Request("a", Start + (i * ActivitySlice.Length), 200));
        }

        var slices = Read();
        Assert.Equal(ActivityRecorder.MostSlices, slices.Count);
        Assert.Equal(Start + (5 * ActivitySlice.Length), slices.Keys.First());
    }

    [Fact]
    public void What_is_stored_never_counts_as_waiting_however_long_the_instance_runs()
    {
        var log = new RecordingLogger<ActivityRecorder>();
        var recorder = new ActivityRecorder(Options.Create(new AnomalyDetectionOptions()), log);
        for (var minute = 0; minute < 2 * ActivityRecorder.MostSlices * (int)ActivitySlice.Length.TotalMinutes; minute++)
        {
            recorder.Add(Request("a", Start.AddMinutes(minute), 200));
            foreach (var slice in recorder.TakeUnstored())
            {
                recorder.SetStored(slice);
            }

            recorder.ForgetPast(Start.AddMinutes(minute + 1));
        }

        Assert.Empty(log.Entries);
    }

    [Fact]
    public void A_slice_that_was_dropped_and_begun_anew_is_not_taken_for_stored()
    {
        _recorder.Add(Request("a", Start, 200));
        var dropped = Assert.Single(_recorder.TakeUnstored());
        for (var i = 1; i <= ActivityRecorder.MostSlices; i++)
        {
            _recorder.Add(Request("a", Start + (i * ActivitySlice.Length), 200));
        }

        _recorder.Add(Request("b", Start, 200));
        _recorder.SetStored(dropped);

        Assert.Equal(["b"], Read()[Start].Keys);
    }

    [Fact]
    public void Beyond_the_most_clients_further_ones_are_not_counted()
    {
        for (var i = 0; i < ActivityRecorder.MostClients + 100; i++)
        {
            _recorder.Add(Request($"c{i}", Start, 200));
        }

        Assert.Equal(ActivityRecorder.MostClients, Read()[Start].Count);
    }

    [Fact]
    public void Nothing_is_recorded_that_is_read_elsewhere()
    {
        var recorder = New(new AnomalyDetectionOptions { WorkspaceId = Guid.NewGuid().ToString() });
        recorder.Add(Request("a", Start, 200));

        Assert.False(recorder.IsOn);
        Assert.Empty(recorder.TakeUnstored());
    }

    private static ActivityRecorder New(AnomalyDetectionOptions options) => new(Options.Create(options), NullLogger<ActivityRecorder>.Instance);

    private static RequestActivity Request(string? client, DateTimeOffset time, int status) =>
        new() { ClientId = client, Time = time, Status = status, Operation = "ChatCompletions", Model = "gpt", RequestBytes = 100, Tokens = 10 };

    private SortedDictionary<DateTimeOffset, Dictionary<string, ActivityCounts>> Read()
    {
        var slices = new SortedDictionary<DateTimeOffset, Dictionary<string, ActivityCounts>>();
        foreach (var slice in _recorder.TakeUnstored())
        {
            slices.Add(slice.Start, []);
            foreach (var part in slice.Parts)
            {
                ActivityJson.ReadSlice(part, slices[slice.Start]);
            }
        }

        return slices;
    }
}
