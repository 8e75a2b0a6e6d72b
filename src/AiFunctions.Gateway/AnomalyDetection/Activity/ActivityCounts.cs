namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>The sums of one client's requests in some stretch of time.</summary>
internal sealed class ActivityCounts
{
    public long Requests { get; set; }

    public long Tokens { get; set; }

    /// <inheritdoc cref="RequestActivity.IsClientError"/>
    public long ClientErrors { get; set; }

    /// <inheritdoc cref="RequestActivity.IsServerError"/>
    public long ServerErrors { get; set; }

    /// <inheritdoc cref="RequestActivity.IsRefusal"/>
    public long Refusals { get; set; }

    /// <summary>The sum of the natural logarithms of the bodies' lengths, of one byte for an empty one.</summary>
    public double LogBytes { get; set; }

    /// <summary>The sum of those logarithms' squares.</summary>
    public double SquaredLogBytes { get; set; }

    public ActivityMix Operations { get; } = new();

    public ActivityMix Models { get; } = new();

    public void Add(in RequestActivity request)
    {
        var logBytes = Math.Log(Math.Max(1, request.RequestBytes));
        Requests++;
        Tokens += Math.Max(0, request.Tokens);
        ClientErrors += request.IsClientError ? 1 : 0;
        ServerErrors += request.IsServerError ? 1 : 0;
        Refusals += request.IsRefusal ? 1 : 0;
        LogBytes += logBytes;
        SquaredLogBytes += logBytes * logBytes;
        if (request.Operation is { } operation)
        {
            Operations.Add(ActivityMix.KeyOf(operation), 1);
        }

        if (request.Model is { } model)
        {
            Models.Add(ActivityMix.KeyOf(model), 1);
        }
    }

    public void Add(ActivityCounts other)
    {
        Requests += other.Requests;
        Tokens += other.Tokens;
        ClientErrors += other.ClientErrors;
        ServerErrors += other.ServerErrors;
        Refusals += other.Refusals;
        LogBytes += other.LogBytes;
        SquaredLogBytes += other.SquaredLogBytes;
        Operations.Add(other.Operations);
        Models.Add(other.Models);
    }
}
