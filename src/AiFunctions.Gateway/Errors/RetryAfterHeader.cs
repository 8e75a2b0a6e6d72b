using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Errors;

/// <summary>Says when to try again, so that SDKs neither sleep for hours nor knock in vain.</summary>
internal static class RetryAfterHeader
{
    /// <summary>Longer waits are for the application to decide on, not for its SDK.</summary>
    public const int LongestSeconds = 60;

    /// <summary>What the published SDKs of OpenAI and Anthropic look at before they try again by themselves.</summary>
    public const string ShouldRetry = "x-should-retry";

    /// <summary>Writes the headers.</summary>
    public static void Write(HttpContext context, int seconds)
    {
        var headers = context.Response.Headers;
        headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (seconds <= LongestSeconds)
        {
            return;
        }

        headers[ShouldRetry] = "false";
        if (SleepsAsLongAsTold(context.Request.Headers.UserAgent.ToString()))
        {
            headers.RetryAfter = Date(TimeProvider.System.GetUtcNow().AddSeconds(seconds + 1)); // whole seconds, rounded up
        }
    }

    /// <summary>
    /// The third form of a date that recipients must know (RFC 9110, section 5.6.7). The retry policy of the SDKs for .NET does not: where it reads any other form,
    /// it sleeps for as long, be it a day, and it looks at nothing else. What it cannot read makes it give up after its own short waits.
    /// </summary>
    internal static string Date(DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:ddd MMM} {at.UtcDateTime.Day,2} {at.UtcDateTime:HH:mm:ss yyyy}");

    // OpenAI's SDK for .NET, alone or behind an application's name; Azure's call themselves azsdk-net-….
    private static bool SleepsAsLongAsTold(string userAgent) =>
        (userAgent.Contains("OpenAI/", StringComparison.Ordinal) && userAgent.Contains("(.NET", StringComparison.Ordinal))
        || userAgent.Contains("azsdk-net-", StringComparison.Ordinal);
}
