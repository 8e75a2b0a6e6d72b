namespace AiFunctions.Gateway.RequestLog;

/// <summary>How the Local host keeps its log of requests. Section <c>Local</c>.</summary>
internal sealed class RequestLogOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Local";

    internal const int LongestDays = 365;

    /// <summary>How long a request's record is kept, in days, 0 to 365; 0 keeps none.</summary>
    public int RequestLogDays { get; set; } = 7;
}
