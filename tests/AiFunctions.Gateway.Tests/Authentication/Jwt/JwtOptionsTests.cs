using AiFunctions.Gateway.Authentication.Jwt;
using AiFunctions.Gateway.Tiers;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.Authentication.Jwt;

public class JwtOptionsTests
{
    [Fact]
    public void Nothing_is_checked_while_it_is_off() => Assert.True(Validate(_ => { }, authority: " ").Succeeded);

    [Theory]
    [InlineData("https://login.microsoftonline.com/tenant/v2.0", true)]
    [InlineData("http://localhost:3000", true)]
    [InlineData("http://127.0.0.1:3000/realm", true)]
    [InlineData("http://authority.example", false)]
    [InlineData("authority.example", false)]
    [InlineData("ftp://authority.example", false)]
    [InlineData("https://user@authority.example", false)]
    [InlineData("https://authority.example?a=b", false)]
    public void The_authority_is_an_https_address(string authority, bool isGood) => Check(isGood, "Authority", _ => { }, authority);

    [Theory]
    [InlineData(0, true)]
    [InlineData(300, true)]
    [InlineData(-1, false)]
    [InlineData(301, false)]
    public void The_clocks_skew_is_bounded(int seconds, bool isGood) => Check(isGood, "ClockSkewSeconds", options => options.ClockSkewSeconds = seconds);

    [Theory]
    [InlineData(1, true)]
    [InlineData(3600, true)]
    [InlineData(0, false)]
    [InlineData(3601, false)]
    public void The_refresh_interval_is_bounded(int seconds, bool isGood) =>
        Check(isGood, "RefreshIntervalSeconds", options => options.RefreshIntervalSeconds = seconds);

    [Theory]
    [InlineData("Pro", true)]
    [InlineData("gold", true)]
    [InlineData("silver", false)]
    public void The_default_tier_is_one_that_there_is(string tier, bool isGood) => Check(isGood, "DefaultTier", options => options.DefaultTier = tier);

    [Fact]
    public void An_audience_is_needed() => Check(false, "Audience", options => options.Audience = "");

    [Fact]
    public void The_scope_is_one() => Check(false, "RequiredScope", options => options.RequiredScope = "a b");

    private static void Check(bool isGood, string setting, Action<JwtOptions> change, string authority = "https://authority.example")
    {
        var result = Validate(change, authority);

        Assert.Equal(isGood, result.Succeeded);
        if (!isGood)
        {
            Assert.StartsWith($"Authentication__Jwt__{setting} ", Assert.Single(result.Failures!), StringComparison.Ordinal);
        }
    }

    private static ValidateOptionsResult Validate(Action<JwtOptions> change, string authority = "https://authority.example")
    {
        var options = new JwtOptions { Authority = authority, Audience = authority == " " ? null : "api" };
        change(options);
        var limits = new RateLimitsOptions();
        limits.Tiers["gold"] = new TierOptions();
        return new JwtOptionsValidator(new TierCatalog(Options.Create(limits))).Validate(null, options);
    }
}
