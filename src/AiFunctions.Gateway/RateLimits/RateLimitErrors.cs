using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.Tiers;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>The contract's errors for limits.</summary>
internal static class RateLimitErrors
{
    /// <summary>For a request that needs more tokens than a whole window has.</summary>
    public static readonly GatewayError NeverFits = new(
        413, "request_too_large", "The prompt and the longest answer asked for exceed the tokens that this client may use in one window; shorten the prompt or lower max_tokens.");

    private static readonly string[] Messages =
    [
        "This client has used up its requests for this minute; wait as Retry-After says.",
        "This client has used up its requests for today; wait as Retry-After says or ask for a higher tier.",
        "This client has used up its tokens for this minute; wait as Retry-After says or ask for less.",
        "This client has used up its tokens for today; wait as Retry-After says or ask for a higher tier.",
        "This client has as many requests under way as it may; wait for one to end.",
    ];

    /// <summary>For a client that has asked too often for what makes no model work.</summary>
    public static GatewayError TooManyAside(Denial denial, DateTimeOffset now) => For(denial, now) with
    {
        Message = "This client has asked too often for its models, its usage or a new key in this minute; wait as Retry-After says.",
    };

    /// <summary>The error for a denial. Whoever waits as long as it says, to the second, finds the window open.</summary>
    public static GatewayError For(Denial denial, DateTimeOffset now)
    {
        var seconds = (int)Math.Min(int.MaxValue, Math.Ceiling((denial.Until - now).TotalSeconds));
        return new GatewayError(429, LimitFigure.Of(denial.Kind).JsonName, Messages[(int)denial.Kind]) { RetryAfterSeconds = Math.Max(1, seconds) };
    }
}
