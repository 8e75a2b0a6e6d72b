using AiFunctions.Gateway.AnomalyDetection.Activity;

namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>All that the detectors know of what is usual for one client. It is good for an hour: until its past grows.</summary>
internal sealed class ClientBaseline(ClientHistory history)
{
    private const int RefusalHours = 14 * 24;

    private readonly Lazy<SeriesModel> _requests = new(() => Model(history, ActivitySeries.PeakRequests, offset: 5));
    private readonly Lazy<SeriesModel> _tokens = new(() => Model(history, ActivitySeries.PeakTokens, offset: 5_000));
    private readonly Lazy<SeriesModel> _refusals = new(() => Model(history, ActivitySeries.PeakRefusals, offset: 2));
    private readonly Lazy<double> _refusalShare = new(() => RefusalShareOf(history));
    private readonly Lazy<ErrorBaseline> _clientErrors = new(() => new ErrorBaseline(history, ActivitySeries.ClientErrors));
    private readonly Lazy<ErrorBaseline> _serverErrors = new(() => new ErrorBaseline(history, ActivitySeries.ServerErrors));
    private readonly Lazy<TokenBaseline> _tokensEach = new(() => new TokenBaseline(history));
    private readonly Lazy<SizeBaseline> _sizes = new(() => new SizeBaseline(history));
    private readonly Lazy<RhythmBaseline> _rhythm = new(() => new RhythmBaseline(history));

    public ClientHistory History => history;

    /// <summary>Requests of an hour's busiest slice.</summary>
    public SeriesModel Requests => _requests.Value;

    /// <summary>Tokens of an hour's busiest slice.</summary>
    public SeriesModel Tokens => _tokens.Value;

    /// <summary>Refusals of the slice with most of them.</summary>
    public SeriesModel Refusals => _refusals.Value;

    /// <summary>The refusals of busy slices for each of their requests, 0 to 1.</summary>
    public double RefusalShare => _refusalShare.Value;

    public ErrorBaseline ClientErrors => _clientErrors.Value;

    public ErrorBaseline ServerErrors => _serverErrors.Value;

    public TokenBaseline TokensEach => _tokensEach.Value;

    public SizeBaseline Sizes => _sizes.Value;

    public RhythmBaseline Rhythm => _rhythm.Value;

    private static SeriesModel Model(ClientHistory history, ActivitySeries series, double offset) => new(history[series], history.FirstActive, offset);

    private static double RefusalShareOf(ClientHistory history)
    {
        var (refusals, requests) = (0.0, 0.0);
        for (var hour = Math.Max(history.FirstActive, history.Length - RefusalHours); hour < history.Length; hour++)
        {
            refusals += history[ActivitySeries.PeakRefusals][hour];
            requests += history[ActivitySeries.PeakRequests][hour];
        }

        return requests > 0 ? Math.Min(1, refusals / requests) : 0;
    }
}
