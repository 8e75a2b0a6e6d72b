using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.Tiers;

namespace AiFunctions.Gateway.Tests.RateLimits;

public class SideAllowanceTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 30, TimeSpan.Zero);

    [Theory]
    [InlineData(1, SideAllowance.Least)]
    [InlineData(60, 60)]
    public void A_minute_has_as_many_as_the_client_has_requests_and_some_in_any_case(long requestsPerMinute, long expected)
    {
        var allowance = new SideAllowance();
        var limits = new EffectiveLimits(requestsPerMinute, 100, 1000, 10_000, 5, 0, 1000, 100);

        Assert.Equal(expected, Enumerable.Range(0, 100).Count(_ => allowance.Take(limits, Start) is null));
        Assert.Equal(new Denial(LimitKind.RequestsPerMinute, Start.AddSeconds(30)), allowance.Take(limits, Start.AddSeconds(29)));
        Assert.Null(allowance.Take(limits, Start.AddSeconds(30)));
    }
}
