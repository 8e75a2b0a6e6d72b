using AiFunctions.Gateway.AnomalyDetection.Activity;

namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>Runs all detectors over what a source has read.</summary>
internal static class AnomalyDetector
{
    /// <summary>From how many clients on with failing servers it is the servers.</summary>
    private const int Several = 3;

    /// <summary>Looks at the slices since <see cref="ActivityPeriod.ActiveFrom"/>.</summary>
    /// <param name="clients">The clients.</param>
    /// <param name="period">The period that was read.</param>
    /// <param name="baselineOf">Makes or finds what is usual for a client.</param>
    public static List<Finding> Find(IReadOnlyList<ClientActivity> clients, ActivityPeriod period, Func<ClientActivity, ClientBaseline> baselineOf)
    {
        var slices = new List<SliceUnderTest>();
        var troubled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var client in clients)
        {
            var baseline = baselineOf(client);
            foreach (var slice in client.Recent)
            {
                if (slice.Start < period.ActiveFrom || slice.Counts.Requests == 0)
                {
                    continue;
                }

                var end = slice.Start + ActivitySlice.Length;
                var test = new SliceUnderTest(client.ClientId, slice, end < period.Until ? end : period.Until, baseline, false);
                slices.Add(test);
                if (ErrorRateDetector.HasServerTrouble(test))
                {
                    troubled.Add(client.ClientId);
                }
            }
        }

        var findings = new List<Finding>();
        foreach (var slice in slices)
        {
            Find(slice with { IsServerTrouble = troubled.Count >= Several }, findings);
        }

        return findings;
    }

    private static void Find(in SliceUnderTest slice, List<Finding> findings)
    {
        Add(VolumeDetector.Find(slice));
        Add(ErrorRateDetector.Find(slice));
        Add(ProbingDetector.Find(slice));
        Add(ShapeDetector.Find(slice));
        Add(OffHoursDetector.Find(slice));

        void Add(Finding? finding)
        {
            if (finding is not null)
            {
                findings.Add(finding);
            }
        }
    }
}
