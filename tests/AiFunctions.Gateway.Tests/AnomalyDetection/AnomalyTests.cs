using AiFunctions.Gateway.AnomalyDetection;
using AiFunctions.Gateway.AnomalyDetection.Detection;
using static AiFunctions.Gateway.Tests.AnomalyDetection.Activities;

namespace AiFunctions.Gateway.Tests.AnomalyDetection;

public class AnomalyTests
{
    [Fact]
    public void A_finding_of_the_next_slice_prolongs_it()
    {
        var anomaly = Anomaly.From("id", At(0)).With(At(5));

        Assert.Equal((Now, Now.AddMinutes(10), 2), (anomaly.FirstSeenAt, anomaly.LastSeenAt, anomaly.Count));
    }

    [Fact]
    public void The_same_slice_seen_again_changes_nothing()
    {
        var anomaly = Anomaly.From("id", At(5));

        Assert.Same(anomaly, anomaly.With(At(5)));
        Assert.Same(anomaly, anomaly.With(At(0)));
    }

    [Fact]
    public void The_worst_stays_and_is_due_to_be_reported_once()
    {
        var anomaly = Anomaly.From("id", At(0)) with { Reported = AnomalySeverity.Medium };
        Assert.False(anomaly.With(At(5)).IsDue);

        var worse = anomaly.With(At(5, AnomalySeverity.High));
        Assert.True(worse.IsDue);
        Assert.False((worse with { Reported = AnomalySeverity.High }).With(At(10)).IsDue);
        Assert.Equal(AnomalySeverity.High, worse.With(At(10)).Finding.Severity);
    }

    [Fact]
    public void After_six_quiet_hours_it_is_over()
    {
        var anomaly = Anomaly.From("id", At(0));

        Assert.True(anomaly.Covers(At(5 + (6 * 60)) with { Seen = 100 }));
        Assert.False(anomaly.Covers(At(10 + (6 * 60)) with { Seen = 100 }));
    }

    [Fact]
    public void What_comes_back_within_two_weeks_and_is_hardly_worse_goes_on()
    {
        var anomaly = Anomaly.From("id", At(0));
        var later = At(13 * 24 * 60);

        Assert.True(anomaly.Covers(later));
        Assert.False(anomaly.Covers(At((14 * 24 * 60) + 10)));
        Assert.False(anomaly.Covers(later with { Seen = 14 }));
        Assert.False(Anomaly.From("id", At(0) with { Seen = 40 }).Covers(later with { Seen = 40 })); // far beyond its threshold: no habit
        Assert.False(anomaly.Covers(later with { Severity = AnomalySeverity.High }));
        Assert.False(anomaly.Covers(later with { Measure = "log_size_deviation" }));
    }

    [Fact]
    public void Of_two_findings_of_one_severity_the_worse_is_kept()
    {
        var anomaly = Anomaly.From("id", At(0)).With(At(5) with { Seen = 12 });

        Assert.Equal(12, anomaly.Finding.Seen);
        Assert.Equal((12, 3), (anomaly.With(At(10)).Finding.Seen, anomaly.With(At(10)).Count));
    }

    internal static Finding At(int minutes, AnomalySeverity severity = AnomalySeverity.Medium, string client = "client", AnomalyKind kind = AnomalyKind.Probing) => new()
    {
        ClientId = client,
        Kind = kind,
        Severity = severity,
        Measure = "refusals",
        Seen = 10,
        Expected = 1,
        Threshold = 8,
        WindowStart = Now.AddMinutes(minutes),
        WindowEnd = Now.AddMinutes(minutes + 5),
    };
}
