using AiFunctions.Gateway.Authentication;

namespace AiFunctions.Gateway.Tests.Authentication;

public sealed class ManagementOptionsTests
{
    private static readonly ManagementOptionsValidator Validator = new();

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("203.0.113.7/32")]
    [InlineData("2001:db8::/32")]
    [InlineData("::1/128")]
    public void A_network_is_taken(string network) => Assert.True(Validator.Validate(null, new ManagementOptions { AllowedNetworks = [network] }).Succeeded);

    [Theory]
    [InlineData("")]
    [InlineData("203.0.113.0")]
    [InlineData("203.0.113.0/33")]
    [InlineData("2001:db8::/129")]
    [InlineData("example.com/24")]
    [InlineData("203.0.113.0/24, 198.51.100.0/24")]
    public void What_is_none_is_named(string network)
    {
        var result = Validator.Validate(null, new ManagementOptions { AllowedNetworks = ["203.0.113.0/24", network] });

        Assert.StartsWith("Management__AllowedNetworks__1 must be", result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void An_IPv4_network_in_IPv6_notation_is_the_IPv4_network() =>
        Assert.Equal(System.Net.IPNetwork.Parse("203.0.113.0/24"), ManagementOptionsValidator.TryParse("::ffff:203.0.113.0/120"));
}
