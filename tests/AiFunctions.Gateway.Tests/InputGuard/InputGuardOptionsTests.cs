using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.InputGuard.PromptShields;

namespace AiFunctions.Gateway.Tests.InputGuard;

public class InputGuardOptionsTests
{
    [Theory]
    [InlineData(0.5, 0.8, null)]
    [InlineData(0.0, 0.0, null)]
    [InlineData(1.0, 1.0, null)]
    [InlineData(-0.1, 0.8, "InputGuard__FlagThreshold")]
    [InlineData(1.1, 1.2, "InputGuard__FlagThreshold")]
    [InlineData(double.NaN, 0.8, "InputGuard__FlagThreshold")]
    [InlineData(0.5, 0.4, "InputGuard__BlockThreshold")]
    [InlineData(0.5, 1.1, "InputGuard__BlockThreshold")]
    [InlineData(0.5, double.NaN, "InputGuard__BlockThreshold")]
    public void Thresholds_are_checked(double flag, double block, string? named) =>
        AssertNamed(named, new InputGuardOptions { FlagThreshold = flag, BlockThreshold = block });

    [Theory]
    [InlineData("https://name.cognitiveservices.azure.com", null, 1000, null)]
    [InlineData("https://name.cognitiveservices.azure.com/", "key", 50, null)]
    [InlineData("http://127.0.0.1:5000", "key", 30_000, null)]
    [InlineData(null, null, 1000, null)]
    [InlineData("http://name.cognitiveservices.azure.com", "key", 1000, "InputGuard__PromptShields__Endpoint")]
    [InlineData("https://name/?key=1", null, 1000, "InputGuard__PromptShields__Endpoint")]
    [InlineData("ftp://name", null, 1000, "InputGuard__PromptShields__Endpoint")]
    [InlineData("https://name", "a\nb", 1000, "InputGuard__PromptShields__ApiKey")]
    [InlineData("https://name", " ", 1000, "InputGuard__PromptShields__ApiKey")]
    [InlineData("https://name", null, 49, "InputGuard__PromptShields__TimeoutMilliseconds")]
    [InlineData("https://name", null, 30_001, "InputGuard__PromptShields__TimeoutMilliseconds")]
    public void The_second_opinions_settings_are_checked(string? endpoint, string? key, int timeout, string? named) =>
        AssertNamed(named, new InputGuardOptions
        {
            PromptShields = new PromptShieldsOptions
            {
                Endpoint = endpoint is null ? null : new Uri(endpoint),
                ApiKey = key,
                TimeoutMilliseconds = timeout,
            },
        });

    [Fact]
    public void Other_settings_are_checked()
    {
        AssertNamed(null, new InputGuardOptions());
        AssertNamed("InputGuard__Mode", new InputGuardOptions { Mode = (InputGuardMode)9 });
        AssertNamed(
            "InputGuard__PromptShields__OnFailure", new InputGuardOptions { PromptShields = new PromptShieldsOptions { OnFailure = (PromptShieldsFailurePolicy)9 } });
    }

    private static void AssertNamed(string? named, InputGuardOptions options)
    {
        var result = new InputGuardOptionsValidator().Validate(null, options);

        Assert.Equal(named is null, result.Succeeded);
        Assert.StartsWith(named ?? "", result.FailureMessage ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain(';', result.FailureMessage ?? ""); // one line for one fault
    }
}
