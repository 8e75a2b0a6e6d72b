using AiFunctions.Gateway.AnomalyDetection.Activity;
using AiFunctions.Gateway.AnomalyDetection.Detection;
using static AiFunctions.Gateway.Tests.AnomalyDetection.Activities;

namespace AiFunctions.Gateway.Tests.AnomalyDetection;

public class AnomalyDetectorTests
{
    private static readonly ClientHistory Steady = Past(_ => 20);

    [Fact]
    public void The_usual_is_no_finding() => Assert.Empty(Find(Client(Steady, Counts(22))));

    [Fact]
    public void Many_more_requests_are_a_volume_spike()
    {
        var finding = Assert.Single(Find(Client(Steady, Counts(400))));

        Assert.Equal(("client", AnomalyKind.VolumeSpike, AnomalySeverity.High, "requests"), (finding.ClientId, finding.Kind, finding.Severity, finding.Measure));
        Assert.Equal(400, finding.Seen);
        Assert.Equal(20, finding.Expected, 0.01);
        Assert.InRange(finding.Threshold, finding.Expected, 200);
        Assert.Equal((Now - ActivitySlice.Length, Now), (finding.WindowStart, finding.WindowEnd));
    }

    [Fact]
    public void Many_more_tokens_are_a_volume_spike_too()
    {
        var finding = Assert.Single(Find(Client(Steady, Counts(20, tokens: 20_000))));

        Assert.Equal((AnomalyKind.VolumeSpike, "tokens", 400_000.0), (finding.Kind, finding.Measure, finding.Seen));
    }

    [Fact]
    public void A_burst_of_the_usual_requests_is_judged_by_their_number_and_not_by_their_tokens()
    {
        Assert.Empty(Find(Client(Past(_ => 600), Counts(1_000, tokens: 800))));
        Assert.Equal("tokens", Assert.Single(Find(Client(Past(_ => 600), Counts(1_000, tokens: 1_300)))).Measure);
    }

    [Fact]
    public void Two_slices_in_a_row_count_for_more_than_one()
    {
        var past = Past(_ => 40);
        var before = new ActivitySlice(Now - (2 * ActivitySlice.Length), Counts(75));
        var last = new ActivitySlice(Now - ActivitySlice.Length, Counts(75));
        var threshold = new ClientBaseline(past).Requests.At(past.IndexOf(last.Start), 0).Threshold;
        Assert.InRange(75, 0.75 * threshold, threshold);

        Assert.Empty(Find(new ClientActivity("client", past, [last])));
        Assert.Equal(last.Start, Assert.Single(Find(new ClientActivity("client", past, [before, last]))).WindowStart);
    }

    [Fact]
    public void To_come_an_hour_early_is_none_and_to_come_early_with_much_more_is_one()
    {
        var past = Past(hour => hour.Hour is 12 ? 100 : 5);

        Assert.Empty(Find(Client(past, Counts(150))));
        Assert.Equal(AnomalyKind.VolumeSpike, Assert.Single(Find(Client(past, Counts(280)))).Kind);
    }

    [Fact]
    public void In_its_first_days_a_client_must_do_twice_as_much_as_ever_to_be_noticed()
    {
        long Batch(DateTimeOffset hour) => hour.Hour is 3 ? 300 : 5;

        Assert.Empty(Find(Client(Past(Batch, hours: 60), Counts(500))));
        Assert.Single(Find(Client(Past(Batch, hours: 60), Counts(700))));
        Assert.Single(Find(Client(Past(Batch, hours: 24 * 6), Counts(500))));
    }

    [Fact]
    public void A_batch_that_comes_every_week_is_none() => Assert.Empty(Find(Client(Past(hour => hour.DayOfWeek == Now.DayOfWeek && hour.Hour is 11 ? 2_000 : 20), Counts(2_000))));

    [Fact]
    public void A_batch_of_another_day_is_one() =>
        Assert.Equal(AnomalyKind.VolumeSpike, Assert.Single(Find(Client(Past(hour => hour.DayOfWeek == DayOfWeek.Monday && hour.Hour is 4 ? 600 : 20), Counts(1_200)))).Kind);

    [Fact]
    public void Growth_is_none() => Assert.Empty(Find(Client(Past(hour => 20 + (long)((hour - Period.HistoryFrom).TotalDays * 20)), Counts(800))));

    [Fact]
    public void A_change_for_good_is_none_after_some_hours() => Assert.Empty(Find(Client(Past(hour => hour < Period.RecentFrom.AddHours(-6) ? 30 : 210), Counts(210))));

    [Fact]
    public void A_client_that_often_comes_in_bursts_needs_more_to_be_noticed()
    {
        var bursts = Past(hour => hour.Hour % 7 == hour.Day % 7 ? 300 : 20);

        Assert.Empty(Find(Client(bursts, Counts(300))));
        Assert.Equal(AnomalyKind.VolumeSpike, Assert.Single(Find(Client(bursts, Counts(5_000)))).Kind);
    }

    [Fact]
    public void The_return_from_a_holiday_is_none() => Assert.Empty(Find(Client(Past(hour => hour > Now.AddDays(-8) && hour < Now.AddDays(-1) ? 1 : 60), Counts(65))));

    [Fact]
    public void A_client_of_a_few_hours_is_not_measured_by_them() => Assert.Empty(Find(Client(Past(_ => 5, hours: 10), Counts(800))));

    [Fact]
    public void Many_errors_are_a_finding()
    {
        var finding = Assert.Single(Find(Client(Steady, Counts(40, clientErrors: 24))));

        Assert.Equal((AnomalyKind.ErrorRate, "client_error_share", 0.6), (finding.Kind, finding.Measure, finding.Seen));
    }

    [Fact]
    public void Errors_that_are_usual_are_none() => Assert.Empty(Find(Client(Past(_ => 20, make: n => Counts(n, clientErrors: n / 2)), Counts(40, clientErrors: 24))));

    [Fact]
    public void Servers_that_fail_one_client_are_a_finding_and_servers_that_fail_several_are_not()
    {
        ClientActivity Failing(string id) => Client(Steady, Counts(40, serverErrors: 30), id);

        Assert.Equal("server_error_share", Assert.Single(Find(Failing("a"), Client(Steady, Counts(40), "b"), Client(Steady, Counts(40), "c"))).Measure);
        Assert.Empty(Find(Failing("a"), Failing("b"), Failing("c")));
        Assert.Equal(["d"], Find(Failing("a"), Failing("b"), Failing("c"), Client(Steady, Counts(40, clientErrors: 30), "d")).Select(finding => finding.ClientId));
    }

    [Fact]
    public void Servers_that_fail_the_others_of_a_model_are_no_finding()
    {
        ClientActivity Failing(string id, long serverErrors, string model = "gpt") => Client(Steady, Counts(40, serverErrors: serverErrors, model: model), id);

        Assert.Empty(Find(Failing("a", 30), Failing("b", 25)));
        Assert.Equal(["a"], Find(Failing("a", 30), Failing("b", 5), Failing("c", 0, "other")).Select(finding => finding.ClientId));
    }

    [Fact]
    public void Many_refusals_are_probing()
    {
        var finding = Assert.Single(Find(Client(Steady, Counts(40, refusals: 15))));

        Assert.Equal((AnomalyKind.Probing, AnomalySeverity.Medium, "refusals", 15.0), (finding.Kind, finding.Severity, finding.Measure, finding.Seen));
        Assert.Equal(AnomalySeverity.High, Assert.Single(Find(Client(Steady, Counts(50, refusals: 50)))).Severity);
        Assert.Empty(Find(Client(Past(_ => 20, make: n => Counts(n, refusals: 10)), Counts(40, refusals: 15))));
    }

    [Fact]
    public void The_refusals_of_a_burst_are_probing_only_if_their_share_is_unusual()
    {
        var past = Past(_ => 100, make: n => Counts(n, refusals: n / 25));

        Assert.Equal([AnomalyKind.VolumeSpike], Find(Client(past, Counts(1_000, refusals: 60))).Select(finding => finding.Kind));
        Assert.Equal([AnomalyKind.VolumeSpike, AnomalyKind.Probing], Find(Client(past, Counts(1_000, refusals: 100))).Select(finding => finding.Kind));
    }

    [Fact]
    public void Many_requests_of_one_size_are_probing_unless_that_is_usual()
    {
        Assert.Equal("log_size_deviation", Assert.Single(Find(Client(Steady, Counts(55, spread: 0.02)))).Measure);
        Assert.Empty(Find(Client(Past(_ => 20, make: n => Counts(n, spread: 0.02)), Counts(55, spread: 0.02))));
    }

    [Fact]
    public void An_operation_that_was_never_used_is_an_unusual_shape()
    {
        var finding = Assert.Single(Find(Client(Steady, Counts(30, operation: "Embeddings"))));

        Assert.Equal((AnomalyKind.UnusualShape, "new_operation_share", 1.0), (finding.Kind, finding.Measure, finding.Seen));
    }

    [Fact]
    public void Sizes_far_from_usual_are_an_unusual_shape_and_twice_the_size_is_only_with_a_new_model()
    {
        Assert.Equal("typical_request_bytes", Assert.Single(Find(Client(Steady, Counts(30, logBytes: LogBytes + 3)))).Measure);
        Assert.Equal("typical_request_bytes", Assert.Single(Find(Client(Steady, Counts(30, logBytes: LogBytes - 3)))).Measure);
        Assert.Empty(Find(Client(Steady, Counts(30, logBytes: LogBytes + 1))));
        Assert.Empty(Find(Client(Steady, Counts(30, model: "other"))));
        Assert.Equal(AnomalyKind.UnusualShape, Assert.Single(Find(Client(Steady, Counts(30, logBytes: LogBytes + 1, model: "other")))).Kind);
    }

    [Fact]
    public void A_new_model_with_other_sizes_is_found_among_the_usual_requests()
    {
        var past = Past(_ => 100);
        ActivityCounts Mixed(double logBytes)
        {
            var counts = Counts(100);
            counts.Add(Counts(60, logBytes: logBytes, model: "other"));
            return counts;
        }

        Assert.Equal("typical_request_bytes", Assert.Single(Find(Client(past, Mixed(LogBytes + 1.6)))).Measure);
        Assert.Empty(Find(Client(past, Mixed(LogBytes + 0.3))));
    }

    [Fact]
    public void Work_when_the_client_never_works_is_off_hours()
    {
        var thursdaysOff = Past(hour => hour.DayOfWeek == Now.DayOfWeek ? 0 : OfficeHours(hour));

        var finding = Assert.Single(Find(Client(thursdaysOff, Counts(20))));

        Assert.Equal((AnomalyKind.OffHours, "requests", 20.0), (finding.Kind, finding.Measure, finding.Seen));
        Assert.Empty(Find(Client(Past(OfficeHours), Counts(20))));
        Assert.Empty(Find(Client(thursdaysOff, Counts(4))));
    }

    [Fact]
    public void The_same_day_after_a_holiday_is_no_off_hours_while_only_one_week_is_known()
    {
        static long Worked(DateTimeOffset hour) => hour > Now.AddDays(-8) && hour < Now.AddDays(-6) && hour.DayOfWeek == Now.DayOfWeek ? 0 : OfficeHours(hour);

        Assert.Empty(Find(Client(Past(Worked, hours: (24 * 9) + 4), Counts(20))));
        Assert.Equal(
            AnomalyKind.OffHours,
            Assert.Single(Find(Client(
                Past(hour => hour.Hour is 11 or 10 or 9 or 12 or 13 ? 0 : OfficeHours(hour.AddHours(6)), hours: (24 * 9) + 4), Counts(20)))).Kind);
    }

    [Fact]
    public void Work_twice_in_a_row_counts_for_more()
    {
        var thursdaysOff = Past(hour => hour.DayOfWeek == Now.DayOfWeek ? 0 : 4 * OfficeHours(hour));
        var before = new ActivitySlice(Now - (2 * ActivitySlice.Length), Counts(17));
        var last = new ActivitySlice(Now - ActivitySlice.Length, Counts(17));

        Assert.Empty(Find(new ClientActivity("client", thursdaysOff, [last])));
        Assert.Equal(last.Start, Assert.Single(Find(new ClientActivity("client", thursdaysOff, [before, last]))).WindowStart);
    }

    [Fact]
    public void Who_has_no_rhythm_has_no_off_hours() => Assert.Empty(Find(Client(Past(hour => (hour.DayOfYear * 7) % 24 == hour.Hour ? 20 : 0), Counts(20))));

    [Fact]
    public void Slices_that_an_earlier_scan_has_seen_often_enough_are_left_alone() =>
        Assert.Empty(Find(Client(Steady, Counts(4_000), at: Now.AddMinutes(-20))));

    [Fact]
    public void A_client_without_a_past_makes_no_trouble()
    {
        var nobody = new ActivityHistory().Of("new", Period.HistoryFrom, Period.RecentFrom, Period.LatelyFrom);

        Assert.Empty(Find(Client(nobody, Counts(5_000))));
        Assert.Equal(AnomalyKind.Probing, Assert.Single(Find(Client(nobody, Counts(100, refusals: 90)))).Kind);
    }
}
