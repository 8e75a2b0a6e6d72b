using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.AnomalyDetection.Activity;

namespace AiFunctions.Gateway.Tests.AnomalyDetection;

public class ActivityJsonTests
{
    [Fact]
    public void Slices_come_back_as_they_were_and_add_up()
    {
        var written = ActivityJson.WriteSlice(new Dictionary<string, ActivityCounts> { ["a"] = Counts(3), [""] = Counts(5) });
        var read = new Dictionary<string, ActivityCounts>();

        ActivityJson.ReadSlice(Assert.Single(written), read);
        ActivityJson.ReadSlice(Assert.Single(written), read);

        Assert.Equal(["a", ""], read.Keys);
        Assert.Equal((6, 3_000, 2, 2, 2), (read["a"].Requests, read["a"].Tokens, read["a"].ClientErrors, read["a"].ServerErrors, read["a"].Refusals));
        Assert.Equal(6 * Activities.LogBytes, read["a"].LogBytes, 0.01);
        Assert.Equal(6, read["a"].Models.Counts[ActivityMix.KeyOf("gpt")]);
        Assert.Equal(10, read[""].Operations.Total);
    }

    [Fact]
    public void Hours_come_back_as_they_were()
    {
        var hour = new HourCounts();
        hour.Add(Counts(3));
        hour.Add(Counts(7));
        var read = new Dictionary<string, HourCounts>();

        ActivityJson.ReadHour(Assert.Single(ActivityJson.WriteHour(new Dictionary<string, HourCounts> { ["a"] = hour })), read);

        Assert.Equal(hour.Values, read["a"].Values);
        Assert.Equal((10, 7), (read["a"].Values[(int)ActivitySeries.Requests], read["a"].Values[(int)ActivitySeries.PeakRequests]));
        Assert.Equal(10, read["a"].Models.Total);
    }

    [Fact]
    public void Many_clients_are_cut_into_parts_that_fit_a_row()
    {
        var clients = Enumerable.Range(0, 3_000).ToDictionary(i => $"client{i}", _ => Counts(1_000_000));
        var parts = ActivityJson.WriteSlice(clients);
        var read = new Dictionary<string, ActivityCounts>();
        foreach (var part in parts)
        {
            ActivityJson.ReadSlice(part, read);
        }

        Assert.True(parts.Count > 1);
        Assert.All(parts, part => Assert.InRange(part.Length, 2, 64 * 1024));
        Assert.Equal(3_000, read.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""[["a"]]""")]
    [InlineData("""[["a",1,1,1,1,1,1,1,{"x":1},{}]]""")]
    [InlineData("""[["a","1",1,1,1,1,1,1,{},{}]]""")]
    public void What_is_none_of_ours_is_refused(string text) =>
        Assert.ThrowsAny<JsonException>(() => ActivityJson.ReadSlice(Encoding.UTF8.GetBytes(text), []));

    [Fact]
    public void No_name_of_a_model_is_written()
    {
        var text = Encoding.UTF8.GetString(ActivityJson.WriteSlice(new Dictionary<string, ActivityCounts> { ["a"] = Activities.Counts(1, model: "secret-model") })[0]);

        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    private static ActivityCounts Counts(long requests) => Activities.Counts(requests, clientErrors: 1, serverErrors: 1, refusals: 1);
}
