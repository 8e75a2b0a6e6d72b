using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.KeyVaultReferences;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.KeyVaultReferences;

public sealed class UnresolvedReferencesTests
{
    [Theory]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/a)")]
    [InlineData("@microsoft.keyvault(VaultName=vault;SecretName=a)")]
    [InlineData(" @Microsoft.KeyVault(")]
    public void A_reference_stops_the_start_with_a_line_that_names_the_setting_and_not_the_vault(string reference)
    {
        var exception = Assert.Throws<OptionsValidationException>(() => Start(("Management:Key", reference), ("Upstreams:0:ApiKey", reference)));

        Assert.Equal(["Management__Key", "Upstreams__0__ApiKey"], exception.Failures.Select(failure => failure.Split(' ')[0]));
        Assert.DoesNotContain(reference, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a secret")]
    [InlineData("see @Microsoft.KeyVault(…)")]
    [InlineData("@Microsoft.AppConfiguration(")]
    [InlineData("")]
    public void Anything_else_is_a_value(string value) => Start(("Management:Key", value));

    private static void Start(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build();
        using var provider = new ServiceCollection().AddKeyVaultReferenceCheck(configuration).BuildServiceProvider();

        provider.GetRequiredService<IStartupValidator>().Validate();
    }
}
