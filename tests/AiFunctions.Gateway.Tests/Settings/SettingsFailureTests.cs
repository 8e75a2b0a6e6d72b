using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.Settings;

public sealed class SettingsFailureTests
{
    [Fact]
    public void Each_failure_of_a_validator_is_a_line() =>
        Assert.Equal(["one", "two"], SettingsFailure.Explain(new OptionsValidationException("", typeof(object), ["one", "two"])));

    [Theory]
    [InlineData("TrustSystemMessages", "InputGuard__TrustSystemMessages must be true or false.")]
    [InlineData("PromptShields:TimeoutMilliseconds", "InputGuard__PromptShields__TimeoutMilliseconds must be a whole number.")]
    public void A_value_of_another_type_is_not_shown(string name, string expected)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new($"InputGuard:{name}", "a secret in the wrong place")])
            .Build();
        var exception = Assert.ThrowsAny<Exception>(() => configuration.GetSection("InputGuard").Get<InputGuardOptions>());

        Assert.Equal([expected], SettingsFailure.Explain(exception));
    }

    [Fact]
    public void A_failure_with_a_part_that_no_setting_explains_is_not_explained() =>
        Assert.Null(SettingsFailure.Explain(new AggregateException(
            new OptionsValidationException("", typeof(object), ["one"]), new InvalidOperationException("a fault of ours"))));
}
