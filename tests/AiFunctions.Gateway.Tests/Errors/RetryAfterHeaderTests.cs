using System.Globalization;
using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Tests.Errors;

public class RetryAfterHeaderTests
{
    [Theory]
    [InlineData(60, false)]
    [InlineData(61, true)]
    [InlineData(86_400, true)]
    public void A_wait_of_more_than_a_minute_is_not_for_an_SDK(int seconds, bool isLong)
    {
        var context = new DefaultHttpContext();

        RetryAfterHeader.Write(context, seconds);

        Assert.Equal(seconds.ToString(CultureInfo.InvariantCulture), context.Response.Headers.RetryAfter);
        Assert.Equal(isLong ? "false" : null, (string?)context.Response.Headers[RetryAfterHeader.ShouldRetry]);
    }

    [Theory]
    [InlineData("OpenAI/2.8.0 (.NET 10.0.0; Ubuntu 24.04)", true)]
    [InlineData("my-app OpenAI/2.8.0 (.NET 10.0.0; Ubuntu 24.04)", true)]
    [InlineData("azsdk-net-AI.OpenAI/2.1.0 (.NET 10.0.0; Ubuntu 24.04)", true)]
    [InlineData("OpenAI/JS 6.49.0", false)]
    [InlineData("OpenAI/Python 2.0.0", false)]
    public void Who_would_sleep_for_as_long_is_told_a_date_that_its_HTTP_client_reads_and_its_retry_policy_does_not(string userAgent, bool asDate)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.UserAgent = userAgent;
        var before = DateTimeOffset.UtcNow;

        RetryAfterHeader.Write(context, 7200);

        using var response = new HttpResponseMessage();
        Assert.True(response.Headers.TryAddWithoutValidation("Retry-After", (string?)context.Response.Headers.RetryAfter));
        Assert.Equal(asDate, response.Headers.RetryAfter!.Date is not null);
        if (asDate)
        {
            Assert.InRange(response.Headers.RetryAfter.Date!.Value, before.AddSeconds(7200).AddMilliseconds(-1), DateTimeOffset.UtcNow.AddSeconds(7201));
        }

        RetryAfterHeader.Write(context, 30);
        Assert.Equal("30", context.Response.Headers.RetryAfter);
    }

    [Fact]
    public void A_date_has_a_day_of_two_places() =>
        Assert.Equal("Sat Dec  5 06:07:29 2026", RetryAfterHeader.Date(new DateTimeOffset(2026, 12, 5, 6, 7, 29, TimeSpan.Zero)));
}
