namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>Finds a share of errors that is far from usual. Trouble on the servers' side that other clients have as well is not one client's.</summary>
internal static class ErrorRateDetector
{
    private const int LeastErrors = 10;

    public static Finding? Find(in SliceUnderTest slice, ServerHealth servers) =>
        Find(slice, "client_error_share", slice.Counts.ClientErrors, slice.Baseline.ClientErrors)
        ?? (Find(slice, "server_error_share", slice.Counts.ServerErrors, slice.Baseline.ServerErrors) is { } finding && !servers.IsTrouble(slice) ? finding : null);

    private static Finding? Find(in SliceUnderTest slice, string measure, long errors, ErrorBaseline usual)
    {
        var requests = slice.Counts.Requests;
        return usual.IsUnusual(errors, requests, LeastErrors)
            ? slice.Finding(
                AnomalyKind.ErrorRate, errors >= 10 * LeastErrors && errors > 0.5 * requests, measure, (double)errors / requests, usual.Expected, usual.Threshold)
            : null;
    }
}
