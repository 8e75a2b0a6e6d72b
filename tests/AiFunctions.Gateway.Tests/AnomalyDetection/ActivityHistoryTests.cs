using AiFunctions.Gateway.AnomalyDetection.Activity;
using CsCheck;

namespace AiFunctions.Gateway.Tests.AnomalyDetection;

public class ActivityHistoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_remembers_what_a_plain_list_of_the_hours_would() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[0, 2], Gen.Int[1, 100]).List[1, 150].Sample(steps =>
        {
            var history = new ActivityHistory();
            var plain = new Dictionary<(string, DateTimeOffset), long>();
            var hour = Start;
            foreach (var (skip, client, requests) in steps)
            {
                hour = hour.AddHours(skip);
                var counts = new HourCounts();
                counts.Add(Activities.Counts(requests));
                history.Append(hour, new Dictionary<string, HourCounts> { [$"c{client}"] = counts });
                plain[($"c{client}", hour)] = requests;
            }

            var until = hour.AddHours(2);
            var from = until.AddHours(-ClientHistory.Hours);
            for (var client = 0; client <= 2; client++)
            {
                var series = history.Of($"c{client}", from, until, until.AddDays(-1))[ActivitySeries.Requests].ToArray();
                for (var i = 0; i < series.Length; i++)
                {
                    Assert.Equal(plain.GetValueOrDefault(($"c{client}", from.AddHours(i))), series[i]);
                }
            }
        }, seed: "0000K8xSJcX3", iter: 60);

    [Fact]
    public void An_hour_comes_once()
    {
        var history = new ActivityHistory();
        history.Append(Start, new Dictionary<string, HourCounts>());

        Assert.Throws<ArgumentOutOfRangeException>(() => history.Append(Start, new Dictionary<string, HourCounts>()));
        Assert.Equal(Start.AddHours(1), history.Next);
    }

    [Fact]
    public void What_was_used_of_late_is_known_apart()
    {
        var history = new ActivityHistory();
        foreach (var (day, model) in new[] { (0, "old"), (9, "new") })
        {
            var counts = new HourCounts();
            counts.Add(Activities.Counts(10, model: model));
            history.Append(Start.AddDays(day), new Dictionary<string, HourCounts> { ["c"] = counts });
        }

        var past = history.Of("c", Start, Start.AddDays(10), Start.AddDays(9));

        Assert.Equal(0.5, past.Models.ShareOf(ActivityMix.KeyOf("old")));
        Assert.Equal(1, past.LatelyModels.ShareOf(ActivityMix.KeyOf("new")));
    }
}
