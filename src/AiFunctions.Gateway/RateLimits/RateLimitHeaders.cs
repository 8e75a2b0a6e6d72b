using System.Globalization;
using AiFunctions.Gateway.Tiers;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>The <c>x-ratelimit-*</c> headers, as OpenAI's API has them: of the minute and the day, the tighter window.</summary>
internal static class RateLimitHeaders
{
    public static void Write(IHeaderDictionary headers, WindowUsage[] usage, DateTimeOffset now)
    {
        Write(headers, "requests", Tighter(usage[(int)LimitKind.RequestsPerMinute], usage[(int)LimitKind.RequestsPerDay]), now);
        Write(headers, "tokens", Tighter(usage[(int)LimitKind.TokensPerMinute], usage[(int)LimitKind.TokensPerDay]), now);
    }

    private static WindowUsage Tighter(WindowUsage minute, WindowUsage day) => day.Remaining < minute.Remaining ? day : minute;

    private static void Write(IHeaderDictionary headers, string what, WindowUsage window, DateTimeOffset now)
    {
        headers["x-ratelimit-limit-" + what] = window.Limit.ToString(CultureInfo.InvariantCulture);
        headers["x-ratelimit-remaining-" + what] = window.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["x-ratelimit-reset-" + what] = Duration(window.ResetsAt - now);
    }

    // OpenAI's form: 59s, 6m0s, 23h59m1s.
    private static string Duration(TimeSpan time)
    {
        var seconds = Math.Max(0, (long)Math.Ceiling(time.TotalSeconds));
        var (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        return hours > 0 ? string.Create(CultureInfo.InvariantCulture, $"{hours}h{minutes}m{seconds % 60}s")
            : minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{minutes}m{seconds % 60}s")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds}s");
    }
}
