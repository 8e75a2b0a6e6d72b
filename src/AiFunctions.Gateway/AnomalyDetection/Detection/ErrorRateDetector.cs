namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>Finds a share of errors that is far from usual. Trouble on the servers' side that several clients have is not one client's.</summary>
internal static class ErrorRateDetector
{
    private const int LeastErrors = 10;

    public static Finding? Find(in SliceUnderTest slice) =>
        Find(slice, "client_error_share", slice.Counts.ClientErrors, slice.Baseline.ClientErrors)
        ?? (slice.IsServerTrouble ? null : Find(slice, "server_error_share", slice.Counts.ServerErrors, slice.Baseline.ServerErrors));

    /// <summary>Whether the servers fail this client more than usual.</summary>
    public static bool HasServerTrouble(in SliceUnderTest slice) =>
        slice.Baseline.ServerErrors.IsUnusual(slice.Counts.ServerErrors, slice.Counts.Requests, least: 3);

    private static Finding? Find(in SliceUnderTest slice, string measure, long errors, ErrorBaseline usual)
    {
        var requests = slice.Counts.Requests;
        return usual.IsUnusual(errors, requests, LeastErrors)
            ? slice.Finding(
                AnomalyKind.ErrorRate, errors >= 10 * LeastErrors && errors > 0.5 * requests, measure, (double)errors / requests, usual.Expected, usual.Threshold)
            : null;
    }
}
