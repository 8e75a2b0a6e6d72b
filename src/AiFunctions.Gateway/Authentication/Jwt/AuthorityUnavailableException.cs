namespace AiFunctions.Gateway.Authentication.Jwt;

/// <summary>The authority's keys are not known, or one may be new, and it cannot be asked for them now.</summary>
internal sealed class AuthorityUnavailableException(TimeSpan retryAfter) : Exception("The authority is unavailable.")
{
    /// <summary>After how long it may be asked.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
