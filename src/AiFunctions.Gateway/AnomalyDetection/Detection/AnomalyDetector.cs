using AiFunctions.Gateway.AnomalyDetection.Activity;

namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>Runs all detectors over what a source has read.</summary>
internal static class AnomalyDetector
{
    /// <summary>Looks at the slices since <see cref="ActivityPeriod.ActiveFrom"/>.</summary>
    /// <param name="clients">The clients.</param>
    /// <param name="period">The period that was read.</param>
    /// <param name="baselineOf">Makes or finds what is usual for a client.</param>
    public static List<Finding> Find(IReadOnlyList<ClientActivity> clients, ActivityPeriod period, Func<ClientActivity, ClientBaseline> baselineOf)
    {
        var slices = new List<SliceUnderTest>();
        foreach (var client in clients)
        {
            var baseline = baselineOf(client);
            ActivitySlice? before = null;
            foreach (var slice in client.Recent)
            {
                var previous = before is not null && slice.Start - before.Start == ActivitySlice.Length ? before.Counts : null;
                before = slice;
                if (slice.Start < period.ActiveFrom || slice.Counts.Requests == 0)
                {
                    continue;
                }

                var end = slice.Start + ActivitySlice.Length;
                slices.Add(new SliceUnderTest(client.ClientId, slice, previous, end < period.Until ? end : period.Until, baseline));
            }
        }

        var servers = new ServerHealth(slices);
        var findings = new List<Finding>();
        foreach (var slice in slices)
        {
            Find(slice, servers, findings);
        }

        return findings;
    }

    private static void Find(in SliceUnderTest slice, ServerHealth servers, List<Finding> findings)
    {
        Add(VolumeDetector.Find(slice));
        Add(ErrorRateDetector.Find(slice, servers));
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
