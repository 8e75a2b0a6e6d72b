using System.Runtime.InteropServices;

namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>How the servers do, as all clients see them: what fails for those who use the same model is not one client's.</summary>
internal sealed class ServerHealth
{
    private const int EnoughRequests = 10;
    private const double Alike = 0.5;
    private const int Several = 3;

    // By start and model; 0 stands for all models.
    private readonly Dictionary<(DateTimeOffset Start, uint Model), (long Errors, long Requests)> _sums = [];
    private readonly bool _severalAreTroubled;

    public ServerHealth(IReadOnlyList<SliceUnderTest> slices)
    {
        var troubled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var slice in slices)
        {
            Add(slice, MainModelOf(slice));
            Add(slice, 0);
            if (slice.Baseline.ServerErrors.IsUnusual(slice.Counts.ServerErrors, slice.Counts.Requests, least: 3))
            {
                troubled.Add(slice.ClientId);
            }
        }

        _severalAreTroubled = troubled.Count >= Several;
    }

    /// <summary>Whether the other clients of its model, or all others if it has the model for itself, fail at least half as often.</summary>
    public bool IsTrouble(in SliceUnderTest slice)
    {
        if (_severalAreTroubled)
        {
            return true;
        }

        var (errors, requests) = Others(slice, MainModelOf(slice));
        if (requests < EnoughRequests)
        {
            (errors, requests) = Others(slice, 0);
        }

        return requests >= EnoughRequests && (double)errors / requests >= Alike * slice.Counts.ServerErrors / slice.Counts.Requests;
    }

    private static uint MainModelOf(in SliceUnderTest slice)
    {
        var (main, most) = (0u, 0L);
        foreach (var (model, count) in slice.Counts.Models.Counts)
        {
            (main, most) = count > most ? (model, count) : (main, most);
        }

        return main;
    }

    private (long Errors, long Requests) Others(in SliceUnderTest slice, uint model)
    {
        var (errors, requests) = _sums[(slice.Slice.Start, model)];
        return (errors - slice.Counts.ServerErrors, requests - slice.Counts.Requests);
    }

    private void Add(in SliceUnderTest slice, uint model)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, (slice.Slice.Start, model), out _);
        sum = (sum.Errors + slice.Counts.ServerErrors, sum.Requests + slice.Counts.Requests);
    }
}
