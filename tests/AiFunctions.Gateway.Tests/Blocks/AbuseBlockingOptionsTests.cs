using AiFunctions.Gateway.Blocks;

namespace AiFunctions.Gateway.Tests.Blocks;

public class AbuseBlockingOptionsTests
{
    [Theory]
    [InlineData(20, 300, 60, 86_400, null)]
    [InlineData(0, 300, 60, 86_400, null)]
    [InlineData(1_000_000, 86_400, 60, 60, null)]
    [InlineData(-1, 300, 60, 86_400, "AbuseBlocking__Violations")]
    [InlineData(1_000_001, 300, 60, 86_400, "AbuseBlocking__Violations")]
    [InlineData(20, 0, 60, 86_400, "AbuseBlocking__WindowSeconds")]
    [InlineData(20, 300, 0, 86_400, "AbuseBlocking__FirstBlockSeconds")]
    [InlineData(20, 300, 60, 59, "AbuseBlocking__LongestBlockSeconds")]
    [InlineData(20, 300, 60, 2_592_001, "AbuseBlocking__LongestBlockSeconds")]
    public void Bad_settings_are_named(int violations, int window, int first, int longest, string? named)
    {
        var result = new AbuseBlockingOptionsValidator().Validate(null, new AbuseBlockingOptions
        {
            Violations = violations,
            WindowSeconds = window,
            FirstBlockSeconds = first,
            LongestBlockSeconds = longest,
        });

        Assert.Equal(named is null, result.Succeeded);
        Assert.StartsWith(named ?? "", result.FailureMessage ?? "", StringComparison.Ordinal);
    }
}
